// Makes forms safer and quicker. Without this script every form still works: only what is marked data-enhanced stays away.
(function () {
'use strict';

var DIGITS = ['0123456789', '٠١٢٣٤٥٦٧٨٩', '۰۱۲۳۴۵۶۷۸۹', '০১২৩৪৫৬৭৮৯'];

function each(root, selector, act) {
  Array.prototype.forEach.call(root.querySelectorAll(selector), act);
}

// What a person types finds what is meant: without accents, vowel signs, or the choice between look-alike Arabic letters.
function plain(text) {
  return text.toLowerCase().normalize('NFKD').replace(/[\u0300-\u036f\u0640\u064b-\u065f\u0670]/g, '')
    .replace(/[\u0649\u06cc]/g, '\u064a').replace(/\u06a9/g, '\u0643').replace(/[\u0629\u06c1\u06be]/g, '\u0647').replace(/\u0671/g, '\u0627');
}

function able(button) {
  if (button.hasAttribute('data-locate')) return 'geolocation' in navigator && window.isSecureContext !== false;
  if (button.hasAttribute('data-share')) return !!navigator.share;
  if (button.hasAttribute('data-copy')) return !!navigator.clipboard;
  return true;
}

function prepare(root) {
  each(root, '[data-enhanced]', function (part) { if (able(part)) part.hidden = false; });
}

function release(form) {
  delete form.dataset.sent;
  each(form, '[data-waiting]', function (button) {
    button.disabled = false;
    button.removeAttribute('data-waiting');
  });
}

document.addEventListener('submit', function (event) {
  var form = event.target;
  if (form.dataset.sent) return event.preventDefault();
  form.dataset.sent = '1';
  // A moment later, so that the name and value of the pressed button are still sent.
  setTimeout(function () {
    each(form, 'button:not([type=button]):not([disabled])', function (button) {
      button.disabled = true;
      button.setAttribute('data-waiting', '');
    });
  });
}, true);

// The page may come back from the browser's memory, or the answer may be only a part of the page.
addEventListener('pageshow', function () { each(document, 'form[data-sent]', release); });
document.addEventListener('htmx:finally:request', function () { each(document, 'form[data-sent]', release); });
document.addEventListener('htmx:after:swap', function () { prepare(document); });
document.addEventListener('taawun:fresh', function (event) { prepare(event.target); });

function filter(input) {
  var picker = input.closest('[data-picker]');
  var words = plain(input.value).split(/\s+/).filter(Boolean);
  var found = 0;
  each(picker, '.choice', function (choice) {
    var text = plain(choice.textContent + ' ' + (choice.getAttribute('data-search') || ''));
    choice.hidden = !words.every(function (word) { return text.indexOf(word) >= 0; });
    if (!choice.hidden) found += 1;
  });
  each(picker, 'details', function (group) {
    if (group.initially === undefined) group.initially = group.open;
    group.hidden = !group.querySelector('.choice:not([hidden])');
    group.open = words.length ? !group.hidden : group.initially || !!group.querySelector(':checked');
    if (!words.length) group.initially = undefined;
  });
  picker.querySelector('[data-none]').hidden = found > 0;
}

document.addEventListener('input', function (event) {
  if (event.target.hasAttribute('data-filter')) filter(event.target);
});
document.addEventListener('keydown', function (event) {
  // Enter in the filter means "look", not "send the form half filled in".
  if (event.key === 'Enter' && event.target.hasAttribute('data-filter')) event.preventDefault();
});

// Counts in the digits that are already there.
function step(button) {
  var input = button.parentNode.querySelector('input');
  var zero = 0;
  var read = input.value.replace(/./g, function (sign) {
    var system = DIGITS.findIndex(function (digits) { return digits.indexOf(sign) >= 0; });
    if (system > 0) zero = system;
    return system < 0 ? sign : DIGITS[system].indexOf(sign);
  });
  var next = Math.max(1, (parseInt(read, 10) || 0) + Number(button.dataset.step));
  input.value = String(next).replace(/\d/g, function (digit) { return DIGITS[zero][digit]; });
  input.dispatchEvent(new Event('input', { bubbles: true }));
}

function locate(button) {
  button.disabled = true;
  navigator.geolocation.getCurrentPosition(function (position) {
    var fields = button.form.elements;
    fields[button.dataset.lat].value = position.coords.latitude.toFixed(5);
    fields[button.dataset.lng].value = position.coords.longitude.toFixed(5);
    say(button, button.dataset.done);
    button.disabled = false;
  }, function () {
    say(button, button.dataset.failed || button.textContent);
    button.disabled = false;
  }, { timeout: 15000, maximumAge: 60000 });
}

function say(button, text) {
  if (text) (button.querySelector('span') || button).textContent = text;
}

document.addEventListener('click', function (event) {
  var button = event.target.closest('[data-step],[data-locate],[data-copy],[data-share]');
  if (!button) return;
  var data = button.dataset;
  if ('step' in data) step(button);
  else if ('locate' in data) locate(button);
  else if ('copy' in data) navigator.clipboard.writeText(data.copy).then(function () { say(button, data.done); });
  // Closing the phone's own list of ways to share is no failure.
  else navigator.share({ url: data.url || location.href, title: data.title || document.title }).catch(function () {});
});

// Leaving quickly: "back" must not lead here again, so this page is replaced and not followed.
function leave(link) {
  document.body.hidden = true;
  location.replace(link.href);
}

var escapes = [];
document.addEventListener('keydown', function (event) {
  if (event.key !== 'Escape') { escapes = []; return; }
  escapes = escapes.concat(Date.now()).slice(-3);
  var link = document.querySelector('[data-exit]');
  if (link && escapes.length === 3 && escapes[2] - escapes[0] < 3000) leave(link);
});
document.addEventListener('click', function (event) {
  var link = event.target.closest('[data-exit]');
  if (!link) return;
  event.preventDefault();
  leave(link);
});

prepare(document);
var wrong = document.querySelector('[data-focus]');
if (wrong) wrong.focus();
})();
