// Keeps an open page true. The stream says what changed; the page asks for that part again, under the reader's own rights.
(function () {
'use strict';

var sign = document.querySelector('[data-live-state]');
var announcer = document.querySelector('[data-announcer]');
var offline = document.querySelector('[data-offline]');
var waiting = new Map();

function shown(topic) {
  return Array.prototype.filter.call(document.querySelectorAll('[data-topic]'), function (part) {
    return part.getAttribute('data-topic').split(' ').indexOf(topic) >= 0;
  });
}

function announce(part) {
  var heading = part.querySelector('h1,h2,h3,h4');
  var state = part.querySelector('.state');
  var text = part.getAttribute('data-announce') || [heading, state].filter(Boolean).map(function (found) { return found.textContent.trim(); }).join(': ');
  if (announcer && text) announcer.textContent = text;
}

// Where the reader stood stays where the reader stands.
function replace(part, html) {
  var box = document.createElement('template');
  box.innerHTML = html;
  var fresh = box.content.firstElementChild;
  if (!fresh) return;
  var held = part.contains(document.activeElement) && document.activeElement;
  var place = held && Array.prototype.indexOf.call(part.querySelectorAll('a,button,input'), held);
  part.replaceWith(fresh);
  if (held) {
    var target = (held.id && document.getElementById(held.id)) || fresh.querySelectorAll('a,button,input')[place] || fresh.querySelector('a,button');
    if (target) target.focus({ preventScroll: true });
  }
  fresh.dispatchEvent(new Event('taawun:fresh', { bubbles: true }));
  if (window.htmx) window.htmx.process(fresh);
  announce(fresh);
}

function fetchAgain(part) {
  var url = part.getAttribute('data-fragment');
  return fetch(url, { credentials: 'same-origin', redirect: 'error', headers: { 'X-Fragment': '1' } }).then(function (answer) {
    if (answer.status === 404 || answer.status === 410) return part.remove();
    if (answer.ok) return answer.text().then(function (html) { if (part.isConnected !== false) replace(part, html); });
  }).catch(function () {
    // The line is down: the stream will say so, and the next entry tries again.
  });
}

// What somebody is typing into is left alone; many entries about one thing ask once; a thousand pages do not ask at the same instant.
function refresh(part) {
  var url = part.getAttribute('data-fragment');
  if (!url || waiting.has(url)) return;
  waiting.set(url, setTimeout(function () {
    waiting.delete(url);
    var active = document.activeElement;
    if (active && part.contains(active) && /^(INPUT|TEXTAREA|SELECT)$/.test(active.tagName)) return;
    fetchAgain(part);
  }, 120 + Math.random() * 700));
}

function tell(entry) {
  var lists = [];
  var known = false;
  entry.topics.forEach(function (topic) {
    shown(topic).forEach(function (part) {
      if (part.hasAttribute('data-stale')) return lists.push(part);
      known = true;
      refresh(part);
    });
  });
  // A list does not jump under a thumb: it says that there is more, unless the change was already shown in its place.
  if (!known) lists.forEach(function (list) {
    var bar = document.getElementById(list.getAttribute('data-stale'));
    if (bar) bar.hidden = false;
  });
}

document.addEventListener('click', function (event) {
  var bar = event.target.closest('.news');
  var list = bar && document.querySelector('[data-stale="' + bar.id + '"]');
  if (!list || !list.getAttribute('data-fragment')) return;
  event.preventDefault();
  bar.hidden = true;
  fetchAgain(list);
});

function show(on) {
  if (!sign) return;
  sign.hidden = false;
  sign.classList.toggle('on', on);
  sign.textContent = sign.getAttribute(on ? 'data-live-on' : 'data-live-off');
}

function listen(url) {
  var stream = new EventSource(url);
  stream.onopen = function () { show(true); };
  stream.onerror = function () {
    show(false);
    // The browser comes back by itself after a broken line, but not after a refusal.
    if (stream.readyState === EventSource.CLOSED) setTimeout(function () { listen(url); }, 15000 + Math.random() * 15000);
  };
  stream.addEventListener('entry', function (event) { tell(JSON.parse(event.data)); });
  // Too much was missed to be told one by one: every part that can be asked for again is.
  stream.addEventListener('reset', function () {
    Array.prototype.forEach.call(document.querySelectorAll('[data-fragment]'), refresh);
  });
  addEventListener('pagehide', function () { stream.close(); });
  addEventListener('pageshow', function (event) { if (event.persisted) location.reload(); });
}

function line() { if (offline) offline.hidden = navigator.onLine !== false; }
addEventListener('online', line);
addEventListener('offline', line);
line();

var source = document.querySelector('[data-live]');
if (source && window.EventSource) listen(source.getAttribute('data-live'));
})();
