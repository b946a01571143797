// What a conversation's page can do with a script: record a voice, make a picture small before it is sent, stay at the end.
// Without it the same form takes the same files.
(function () {
'use strict';

var SIDE = 1280;
var BYTES = 150000;
var form = document.querySelector('form[data-talk]');

// A file made here goes the way a chosen one goes: in the form's own field.
function put(input, blob, name) {
  var box = new DataTransfer();
  box.items.add(new File([blob], name, { type: blob.type }));
  input.files = box.files;
}

function able() {
  try {
    return !!(window.DataTransfer && new DataTransfer().items && window.File);
  } catch (error) {
    return false;
  }
}

// Smaller and coarser until it fits; what cannot be drawn here is sent as it is, and the server sees to it.
function draw(bitmap, side, quality, done) {
  var scale = Math.min(1, side / Math.max(bitmap.width, bitmap.height));
  var canvas = document.createElement('canvas');
  canvas.width = Math.max(1, Math.round(bitmap.width * scale));
  canvas.height = Math.max(1, Math.round(bitmap.height * scale));
  var pen = canvas.getContext('2d');
  pen.fillStyle = '#fff';
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  canvas.toBlob(function (blob) {
    if (!blob || blob.size <= BYTES || side < 320) return done(blob);
    if (quality > 0.5) return draw(bitmap, side, quality - 0.15, done);
    draw(bitmap, side * 3 / 4, 0.8, done);
  }, 'image/jpeg', quality);
}

function shrink(input) {
  var file = input.files[0];
  if (!file || !window.createImageBitmap || file.size <= BYTES || file.name === 'small.jpg') return;
  var button = form.querySelector('button:not([type])');
  button.disabled = true;
  createImageBitmap(file, { imageOrientation: 'from-image' }).then(function (bitmap) {
    draw(bitmap, SIDE, 0.8, function (blob) {
      if (blob && blob.size < file.size && input.files[0] === file) put(input, blob, 'small.jpg');
      button.disabled = false;
    });
  }).catch(function () { button.disabled = false; });
}

function recorder(button) {
  var input = form.elements.voice;
  var word = button.querySelector('span');
  var status = form.querySelector('[data-recorded]');
  var start = word.textContent;
  var running = null;
  var most = Number(button.dataset.record);

  function clock(seconds) {
    return new Intl.NumberFormat(document.documentElement.lang, { minimumIntegerDigits: 1 }).format(seconds);
  }

  function begin(stream) {
    var kinds = ['audio/webm;codecs=opus', 'audio/mp4', 'audio/ogg;codecs=opus'];
    var kind = kinds.find(function (one) { return MediaRecorder.isTypeSupported(one); });
    var parts = [];
    var since = Date.now();
    running = new MediaRecorder(stream, { mimeType: kind, audioBitsPerSecond: 24000 });
    running.ondataavailable = function (event) { if (event.data.size) parts.push(event.data); };
    var tick = setInterval(function () {
      var seconds = Math.floor((Date.now() - since) / 1000);
      status.textContent = clock(seconds) + ' / ' + clock(most);
      if (seconds >= most && running) running.stop();
    }, 250);
    running.onstop = function () {
      clearInterval(tick);
      stream.getTracks().forEach(function (track) { track.stop(); });
      running = null;
      put(input, new Blob(parts, { type: kind.split(';')[0] }), 'voice');
      word.textContent = button.dataset.again;
      status.textContent = status.dataset.done;
    };
    running.start(1000);
    word.textContent = button.dataset.stop;
  }

  button.hidden = false;
  button.addEventListener('click', function () {
    if (running) return running.stop();
    button.disabled = true;
    navigator.mediaDevices.getUserMedia({ audio: true }).then(begin).catch(function () {
      word.textContent = start;
      status.textContent = button.dataset.refused;
    }).then(function () { button.disabled = false; });
  });
  // Sending while it records sends what was said so far.
  form.addEventListener('submit', function (event) {
    if (!running) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    running.addEventListener('stop', function () { setTimeout(function () { form.requestSubmit ? form.requestSubmit() : form.submit(); }); });
    running.stop();
  });
}

// New words appear below: who stands at the end stays there, who reads further up is left alone.
var end = document.getElementById('end');
var near = true;
function look() { near = !end || end.getBoundingClientRect().top < innerHeight + 200; }
addEventListener('scroll', look, { passive: true });
// A voice note that plays is carried over into the fresh list, at once: so it never stops.
var playing = null;
document.addEventListener('play', function (event) { playing = event.target; }, true);
document.addEventListener('taawun:fresh', function (event) {
  if (event.target.id !== 'talk') return;
  if (playing && !playing.paused && !playing.isConnected) {
    var place = event.target.querySelector('audio[src="' + playing.getAttribute('src') + '"]');
    if (place) place.replaceWith(playing);
  }
  if (near && end) end.scrollIntoView({ block: 'nearest' });
});

if (form && able()) {
  form.elements.picture.addEventListener('change', function (event) { shrink(event.target); });
  var button = form.querySelector('[data-record]');
  if (window.MediaRecorder && navigator.mediaDevices && navigator.mediaDevices.getUserMedia) recorder(button);
}
})();
