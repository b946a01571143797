// A carrier's round without signal. The page's own forms do everything where this cannot run.
// On the phone lie: the stops still to be done, and what was tapped and not sent yet. Both are encrypted with a key that
// never leaves the browser. A door is gone from here with its stop, the round with its end or its day.
(function () {
'use strict';

var box = document.querySelector('[data-carry],[data-carry-list]');
if (!box) return;
var words = box.querySelector('[data-words]').dataset;
var bar = box.querySelector('[data-bar]');
var ROOT = box.dataset.root;
var RUN = box.dataset.carry || (location.pathname.match(/\/carry\/([0-9a-f-]{36})\//) || [])[1] || '';
var SHELL = box.hasAttribute('data-shell');
var AHEAD = ['waiting', 'on_the_way'];
var OPEN = AHEAD.concat('not_there', 'not_now');
var SIDE = 1280;
var BYTES = 150000;
var record = null;
var notes = {};
var busy = false;
var again = false;
var pressed = null;

var able = window.isSecureContext && window.crypto && crypto.subtle && window.indexedDB && window.fetch && window.Promise;

// The store

function ask(request) {
  return new Promise(function (done, failed) {
    request.onsuccess = function () { done(request.result); };
    request.onerror = function () { failed(request.error); };
  });
}

var opening = null;
function base() {
  if (!opening) {
    var request = indexedDB.open('taawun-carry', 1);
    request.onupgradeneeded = function () {
      request.result.createObjectStore('keys');
      request.result.createObjectStore('runs', { keyPath: 'run' });
      request.result.createObjectStore('taps', { keyPath: 'id' });
    };
    opening = ask(request);
  }
  return opening;
}

// Done only when it is really written: whoever closes the browser the next moment has lost nothing.
async function write(store, act) {
  var change = (await base()).transaction(store, 'readwrite');
  var stores = [].concat(store).map(function (name) { return change.objectStore(name); });
  act(stores[0], stores);
  return new Promise(function (done, failed) {
    change.oncomplete = done;
    change.onabort = change.onerror = function () { failed(change.error); };
  });
}

async function read(store, id) {
  var rows = (await base()).transaction(store).objectStore(store);
  return ask(id ? rows.get(id) : rows.getAll());
}

async function key() {
  var kept = await read('keys', 'key');
  if (kept) return kept;
  var made = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);
  // Of two tabs that make one at the same time the first wins.
  try { await write('keys', function (rows) { rows.add(made, 'key'); }); } catch (error) { /* the other was first */ }
  return read('keys', 'key');
}

async function seal(value) {
  var iv = crypto.getRandomValues(new Uint8Array(12));
  var text = new TextEncoder().encode(JSON.stringify(value));
  return { iv: iv, data: await crypto.subtle.encrypt({ name: 'AES-GCM', iv: iv }, await key(), text) };
}

async function unseal(row) {
  var text = await crypto.subtle.decrypt({ name: 'AES-GCM', iv: row.iv }, await key(), row.data);
  return JSON.parse(new TextDecoder().decode(text));
}

async function load(run) {
  var row = await read('runs', run);
  if (!row) return null;
  try { return await unseal(row); } catch (error) { return null; }
}

async function save() {
  var row = await seal(record);
  row.run = record.run;
  row.agent = record.agent;
  row.until = record.until;
  await write('runs', function (rows) { rows.put(row); });
}

async function forget(run) {
  await write('runs', function (rows) { rows.delete(run); });
  if (record && record.run === run) record = null;
  if (!(await read('runs')).length && !(await read('taps')).length) await write('keys', function (rows) { rows.clear(); });
}

// What is over, and what belongs to somebody who held this phone before.
async function tidy() {
  var agent = box.dataset.agent;
  var rows = await read('runs');
  for (var row of rows) {
    if (row.until < Date.now() || (agent && row.agent !== agent)) await forget(row.run);
  }
}

async function waiting(run) {
  var rows = (await read('taps')).filter(function (row) { return !run || row.run === run; });
  rows.sort(function (one, other) { return one.order - other.order; });
  return rows;
}

// Taking a round along

function token() {
  try { return JSON.parse(document.body.getAttribute('hx-headers:inherited'))['X-CSRFToken']; } catch (error) { return ''; }
}

function post(path, body, csrf) {
  return fetch(ROOT + path, {
    method: 'POST', credentials: 'same-origin', redirect: 'manual', body: JSON.stringify(body),
    headers: { 'Content-Type': 'application/json', 'X-CSRFToken': csrf },
  });
}

async function takeAlong(csrf) {
  var before = (await load(RUN)) || { cards: {} };
  var answer = await post(RUN + '/along/', { has: Object.keys(before.cards) }, csrf);
  if (answer.status === 409 || answer.status === 404) return forget(RUN);
  if (!answer.ok) { record = before.run ? before : null; return; }
  var told = await answer.json();
  told.problems = before.problems || [];
  told.cards = Object.assign({}, before.cards, told.cards);
  record = told;
  dropDoors();
  await save();
}

// A card stays while its stop may still be met; everything else is no longer this phone's to know.
function dropDoors() {
  var open = record.stops.filter(function (stop) { return OPEN.indexOf(stop.state) >= 0; }).map(function (stop) { return stop.id; });
  Object.keys(record.cards).forEach(function (id) { if (open.indexOf(id) < 0) delete record.cards[id]; });
}

async function keepPage() {
  if (!navigator.serviceWorker || !window.caches) return;
  await navigator.serviceWorker.register(ROOT + 'worker.js', { scope: ROOT });
  var address = ROOT + 'offline/';
  var answer = await fetch(address, { credentials: 'same-origin', redirect: 'error', cache: 'no-store' });
  if (!answer.ok) return;
  var html = await answer.clone().text();
  var parts = Array.from(new Set(html.match(/\/static\/[\w.-]+/g) || []));
  var store = await caches.open('taawun-carry');
  await store.put(address, answer);
  for (var part of parts) if (!(await store.match(part))) await store.add(part);
  for (var old of await store.keys()) {
    var path = new URL(old.url).pathname;
    if (path !== address && parts.indexOf(path) < 0) await store.delete(old);
  }
}

// Tapping

function uuid() {
  if (crypto.randomUUID) return crypto.randomUUID();
  var bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 15) | 64;
  bytes[8] = (bytes[8] & 63) | 128;
  var hex = Array.from(bytes, function (byte) { return (byte + 256).toString(16).slice(1); }).join('');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

var SYSTEMS = ['٠١٢٣٤٥٦٧٨٩', '۰۱۲۳۴۵۶۷۸۹', '০১২৩৪৫৬৭৮৯'];
function latin(text) {
  return text.replace(/[^\x00-\x7f]/g, function (sign) {
    for (var system of SYSTEMS) if (system.indexOf(sign) >= 0) return String(system.indexOf(sign));
    return sign === '٫' ? '.' : sign;
  });
}

function shown(number) {
  return String(number).replace(/\d/g, function (digit) { return words.digits[digit] || digit; });
}

// Damm's table finds a slip of a digit here; whether the code is the right one only the server knows.
var DAMM = '0317598642709215486342068713591750983426612304597836742095815869720134894536201794386172052581436790';
function isCode(text) {
  var state = 0;
  for (var digit of text) state = Number(DAMM[state * 10 + Number(digit)]);
  return /^\d{5}$/.test(text) && state === 0;
}

function small(file) {
  if (!window.createImageBitmap) return Promise.resolve(file);
  return createImageBitmap(file, { imageOrientation: 'from-image' }).then(function (bitmap) {
    var scale = Math.min(1, SIDE / Math.max(bitmap.width, bitmap.height));
    var canvas = document.createElement('canvas');
    canvas.width = Math.max(1, Math.round(bitmap.width * scale));
    canvas.height = Math.max(1, Math.round(bitmap.height * scale));
    canvas.getContext('2d').drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    return coarser(canvas, 0.8);
  }).catch(function () { return file; });
}

function coarser(canvas, quality) {
  return new Promise(function (done) { canvas.toBlob(done, 'image/jpeg', quality); }).then(function (blob) {
    return blob.size > BYTES && quality > 0.3 ? coarser(canvas, quality - 0.15) : blob;
  });
}

function letters(blob) {
  return new Promise(function (done, failed) {
    var reader = new FileReader();
    reader.onload = function () { done(reader.result.split(',')[1] || ''); };
    reader.onerror = failed;
    reader.readAsDataURL(blob);
  });
}

// What is wrong with a form at a door, in a sentence beside its field; nothing where it can go.
function wrongIn(form, what) {
  var code = form.elements.code ? latin(form.elements.code.value).replace(/[\s-]/g, '') : '';
  if (code && !isCode(code)) return [form.elements.code, words.slip];
  if (what !== 'part') return null;
  var field = form.elements.quantity;
  var amount = parseFloat(latin(field.value).replace(',', '.'));
  return amount > 0 && amount <= Number(field.dataset.most) ? null : [field, words.part];
}

function complain(field, text) {
  var form = field.form;
  Array.prototype.forEach.call(form.querySelectorAll('.error'), function (old) { old.remove(); });
  var said = document.createElement('p');
  said.className = 'error';
  said.setAttribute('role', 'alert');
  said.textContent = text;
  field.after(said);
  form.querySelector('details.more').open = true;
  field.focus();
}

async function tap(what, stop, form) {
  var said = { what: what, stop: stop, at: new Date().toISOString() };
  if (form && form.elements.note) {
    said.note = form.elements.note.value;
    said.code = form.elements.code ? form.elements.code.value : '';
    if (what === 'part') said.amount = form.elements.quantity.value;
    var file = form.elements.picture.files[0];
    if (file) said.picture = await letters(await small(file));
  }
  var rows = await waiting();
  var last = rows.length ? rows[rows.length - 1].order : 0;
  var row = await seal(said);
  Object.assign(row, { id: uuid(), run: RUN, agent: record.agent, order: Math.max(Date.now(), last + 1) });
  await write('taps', function (store) { store.put(row); });
  if (OPEN.indexOf(what) < 0 && stop) delete record.cards[stop];
  if (what === 'finish') record.cards = {};
  await save();
  await draw();
  drain();
}

addEventListener('click', function (event) {
  pressed = event.target.closest && event.target.closest('button');
  var once = event.target.closest && event.target.closest('[data-again]');
  if (once && record && record.cards[once.dataset.again]) {
    event.preventDefault();
    record.once = once.dataset.again;
    draw().then(function () { box.querySelector('[data-next] .carry-stop button').focus(); });
  }
}, true);

// Before every other script: this form goes nowhere, it is written down here.
addEventListener('submit', function (event) {
  var form = event.target;
  var what = form.dataset.runTap;
  var stop = form.dataset.tap;
  if (/\/sign-out\/$/.test(form.action)) return leave(event, form);
  if (!record || !(what || stop)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (form.dataset.going) return;
  if (stop) what = ((event.submitter || pressed || {}).value) || 'delivered';
  var wrong = stop && wrongIn(form, what);
  if (wrong) return complain(wrong[0], wrong[1]);
  form.dataset.going = '1';
  // Gone at once, so that a second tap does not meet the card again.
  var card = form.closest('.carry-stop');
  if (card && what !== 'on_the_way') card.hidden = true;
  tap(what, stop || null, form).catch(function () {
    // Nothing could be written here (a full phone, a private window): the form goes the plain way.
    form.submit();
  }).then(function () { delete form.dataset.going; });
}, true);

// What was tapped is sent before somebody signs out; then nothing stays.
function leave(event, form) {
  if (form.dataset.clean || !able) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  drain().then(function () { return waiting(); }).then(async function (rows) {
    if (rows.length && !confirm(words.count + ': ' + shown(rows.length))) return;
    form.dataset.clean = '1';
    // The server's answer says so too (Clear-Site-Data); not every browser listens.
    await write(['runs', 'taps', 'keys'], function (rows, all) { all.forEach(function (one) { one.clear(); }); });
    if (window.caches) await caches.delete('taawun-carry');
    form.submit();
  });
}

// Drawing

function made(html) {
  var part = document.createElement('template');
  part.innerHTML = html;
  return part.content.firstElementChild;
}

var STATES = { delivered: 'delivered', part: 'partDone', on_the_way: 'ontheway', not_there: 'notthere', not_now: 'notnow', refused: 'refused' };

function chip(text, look) {
  var part = document.createElement('span');
  part.className = 'chip ' + look;
  part.textContent = text;
  return part;
}

function lineOf(stop) {
  var line = made(stop.line);
  var chips = line.querySelector('.chips');
  if (stop.tapped) {
    chips.textContent = '';
    chips.append(chip(words[stop.what === 'pickup' && stop.now === 'delivered' ? 'picked' : STATES[stop.now]] || '', 'good'), chip(words.waiting, 'warn'));
  }
  if ((stop.now === 'not_there' || stop.now === 'not_now') && record.cards[stop.id] && !chips.querySelector('[data-again]')) {
    var once = document.createElement('button');
    once.className = 'button plain';
    once.type = 'button';
    once.dataset.again = stop.id;
    once.textContent = words.again;
    chips.append(once);
  }
  return line;
}

// All is read first, so that everything on the page changes at one stroke.
async function draw() {
  var rows = able ? await waiting() : [];
  var taps = [];
  for (var row of rows) if (record && row.run === RUN) taps.push(await unseal(row));
  drawRound(taps);
  drawBar(rows);
}

function drawRound(taps) {
  if (!record || !box.querySelector('[data-next]')) return;
  var finished = record.state === 'done';
  taps.forEach(function (said) {
    if (said.what === 'finish') finished = true;
    record.stops.forEach(function (stop) {
      if (stop.id === said.stop && said.what in STATES) Object.assign(stop, { now: said.what, tapped: true });
    });
  });
  var stops = record.stops.map(function (stop) {
    var now = Object.assign({ now: stop.state }, stop);
    delete stop.now;
    delete stop.tapped;
    return now;
  });
  var ahead = stops.filter(function (stop) { return AHEAD.indexOf(stop.now) >= 0; });
  ahead.sort(function (one, other) { return (other.now === 'on_the_way') - (one.now === 'on_the_way') || one.number - other.number; });
  var next = ahead.slice(0, record.ahead);
  var once = stops.filter(function (stop) { return stop.id === record.once && OPEN.indexOf(stop.now) >= 0; });
  next = once.concat(next.filter(function (stop) { return stop.id !== record.once; }));
  var open = stops.filter(function (stop) { return OPEN.indexOf(stop.now) >= 0 && next.indexOf(stop) < 0; });
  fill('[data-next]', finished ? [] : next.map(cardOf));
  unfold();
  fill('[data-later]', finished ? [] : open.map(lineOf));
  fill('[data-over]', stops.filter(function (stop) { return OPEN.indexOf(stop.now) < 0; }).map(lineOf));
  var progress = box.querySelector('progress');
  if (progress) {
    progress.value = stops.filter(function (stop) { return OPEN.indexOf(stop.now) < 0; }).length;
    var figure = box.querySelector('.progress b');
    if (figure) figure.textContent = figure.textContent.replace(/[\d\u0660-\u0669\u06f0-\u06f9]+/, shown(progress.value));
  }
  var title = box.querySelector('[data-title]');
  if (title && SHELL) title.innerHTML = record.title;
  Array.prototype.forEach.call(box.querySelectorAll('[data-run-tap]'), function (form) {
    form.hidden = finished || (form.dataset.runTap === 'start' && (record.state !== 'promised' || stops.some(function (stop) { return stop.now !== 'waiting'; })));
  });
  document.dispatchEvent(new Event('taawun:fresh', { bubbles: true }));
}

// What is drawn already stays as it is, with what was typed into it.
function cardOf(stop) {
  var old = box.querySelector('[data-next] [data-stop="' + stop.id + '"]');
  var html = record.cards[stop.id];
  if (!html) return old || made('<ol class="lines"></ol>').appendChild(lineOf(stop)).parentNode;
  var card = old && old.dataset.kept ? old : made(html);
  card.dataset.kept = '1';
  card.hidden = false;
  var way = card.querySelector('[value=on_the_way]');
  if (way) way.hidden = stop.now === 'on_the_way';
  return card;
}

// The next stop is open and large; the ones after it show what they are.
function unfold() {
  Array.prototype.forEach.call(box.querySelectorAll('[data-next] .whole'), function (part, index) {
    if (part.dataset.at === String(index)) return;
    part.dataset.at = index;
    part.open = index === 0;
  });
}

function fill(selector, parts) {
  var place = box.querySelector(selector);
  var list = place.querySelector(':scope > ol') || place;
  if (list === place) {
    Array.prototype.slice.call(list.children).forEach(function (old) { if (parts.indexOf(old) < 0) old.remove(); });
    parts.forEach(function (part, index) { if (list.children[index] !== part) list.insertBefore(part, list.children[index] || null); });
  } else {
    list.textContent = '';
    parts.forEach(function (part) { list.append(part); });
    place.hidden = !parts.length;
  }
}

function notice(look, text, button) {
  var part = document.createElement('div');
  part.className = 'notice ' + look;
  var said = document.createElement('div');
  said.textContent = text;
  part.append(said);
  if (button) said.append(' ', button);
  return part;
}

function drawBar(rows) {
  var parts = [];
  if (rows.length) {
    var button = document.createElement('button');
    button.type = 'button';
    button.className = 'button';
    button.dataset.send = '';
    button.textContent = words.send;
    var part = notice('warn', words.count + ': ' + shown(rows.length), button);
    part.dataset.queue = rows.length;
    part.setAttribute('role', 'status');
    parts.push(part);
  }
  ['signedout', 'other', 'finished', 'gone', 'unkept', 'alldone'].forEach(function (name) {
    if (notes[name]) parts.push(notice(name === 'finished' || name === 'alldone' ? 'success' : 'warn', words[name]));
  });
  ((record && record.problems) || []).concat(notes.problems || []).forEach(function (text) { parts.push(notice('warn', text)); });
  if (record && !rows.length && !parts.length) parts.push(notice('info', words.kept));
  bar.replaceChildren.apply(bar, parts);
  bar.hidden = !parts.length;
}

// Sending

async function drain() {
  if (!able) return;
  if (busy) { again = true; return; }
  busy = true;
  try {
    do {
      again = false;
      var runs = new Set((await waiting()).map(function (row) { return row.run; }));
      for (var run of runs) await drainRun(run);
    } while (again && navigator.onLine !== false);
  } catch (error) {
    // The line is down: what was tapped waits here, and goes with the next try.
  }
  busy = false;
  await draw();
}

async function standing(run) {
  var answer = await fetch(ROOT + run + '/standing/', { credentials: 'same-origin', redirect: 'manual', cache: 'no-store' });
  notes.signedout = answer.type === 'opaqueredirect' || answer.status === 401;
  return answer.ok ? answer.json() : null;
}

async function drainRun(run) {
  var told = await standing(run);
  if (!told) return;
  var rows = await waiting(run);
  var mine = rows.filter(function (row) { return row.agent === told.agent; });
  notes.other = mine.length < rows.length;
  while (mine.length) {
    var batch = [];
    var size = 0;
    while (mine.length && batch.length < 40 && size < 400000) {
      var row = mine.shift();
      var said = await unseal(row);
      batch.push(Object.assign(said, { id: row.id, order: row.order }));
      size += (said.picture || '').length;
    }
    if (!(await sendBatch(run, batch, told.csrf))) return;
  }
  await refresh(run);
}

async function sendBatch(run, batch, csrf) {
  var answer = await post(run + '/sync/', { sent_at: new Date().toISOString(), taps: batch }, csrf);
  if ([400, 413, 422].indexOf(answer.status) >= 0 && batch.length > 1) {
    // One of them cannot be read: the others do not wait for it.
    for (var one of batch) if (!(await sendBatch(run, [one], csrf))) return false;
    return true;
  }
  if (!answer.ok) return answer.status === 422 || answer.status === 400;
  var told = await answer.json();
  for (var result of told.answers) {
    var text = result.fits ? '' : result.text;
    if (text || result.picture) await remember(run, result.stop, [text, result.picture].filter(Boolean).join(' '));
  }
  await write('taps', function (rows) { told.answers.forEach(function (result) { rows.delete(result.id); }); });
  return true;
}

async function remember(run, stop, text) {
  var found = record && record.run === run && record.stops.find(function (one) { return one.id === stop; });
  var said = (found ? shown(found.number) + ': ' : '') + text;
  if (record && record.run === run) record.problems.push(said);
  else notes.problems = (notes.problems || []).concat(said);
}

async function refresh(run) {
  var told = await standing(run);
  if (!told || !record || record.run !== run) return;
  if (!told.along) {
    notes.finished = told.state === 'done';
    notes.problems = record.problems;
    var last = record;
    await forget(run);
    last.state = told.state;
    last.stops = told.stops;
    last.cards = {};
    record = last;
    await draw();
    record = null;
    return;
  }
  var known = record.stops.map(function (stop) { return stop.id; });
  Object.assign(record, { stops: told.stops, state: told.state, until: told.until, ahead: told.ahead });
  dropDoors();
  await save();
  if (told.stops.some(function (stop) { return OPEN.indexOf(stop.state) >= 0 && known.indexOf(stop.id) < 0; })) await takeAlong(told.csrf);
}

async function look() {
  if (!able) return;
  try { if (RUN && record && !busy) await refresh(RUN); } catch (error) { /* no line */ }
  await drain();
}

addEventListener('online', look);
document.addEventListener('visibilitychange', function () { if (!document.hidden) look(); });
document.addEventListener('click', function (event) { if (event.target.closest('[data-send]')) drain(); });
document.addEventListener('taawun:fresh', function (event) {
  if (!event.target.hasAttribute || !event.target.hasAttribute('data-carry-news')) return;
  var link = box.querySelector('[data-news]');
  if (record) look();
  else if (link) link.hidden = false;
});
setInterval(function () { if (able) waiting().then(function (rows) { if (rows.length) drain(); }); }, 60000);

async function keptRuns() {
  var list = box.querySelector('[data-kept-list]');
  var rows = await read('runs');
  notes.gone = !rows.length;
  for (var row of rows) {
    var kept = await unseal(row);
    var link = made('<li><a></a></li>');
    link.firstElementChild.href = ROOT + row.run + '/';
    link.firstElementChild.innerHTML = kept.title.replace(/h1>/g, 'b>');
    list.append(link);
  }
  list.hidden = !rows.length;
}

async function begin() {
  if (!able) {
    notes.unkept = box.hasAttribute('data-along');
    return drawBar([]);
  }
  await tidy();
  if (SHELL) {
    record = RUN ? await load(RUN) : null;
    if (!record) await keptRuns();
  } else if (box.hasAttribute('data-along')) {
    try { await takeAlong(token()); } catch (error) { record = await load(RUN); }
    keepPage().catch(function () { /* no room, or a private window: the page still works with signal */ });
  } else if (RUN && box.dataset.agent) {
    await forget(RUN);
  }
  await draw();
  await drain();
}

begin();
})();
