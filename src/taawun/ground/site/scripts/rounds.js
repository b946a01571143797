// Drags a stop to another round. What it costs is shown while it is held; once it is let go, a button moves it or leaves it.
// Without this script, and under a finger (which scrolls), each stop's own page does the same with a form.
(function () {
'use strict';

var form = document.getElementById('drop');
var held = null;
var holding = false;
var target = null;
var timer = 0;
var asked = '';

if (!form || !matchMedia('(any-pointer: fine)').matches) return;

var words = form.querySelector('[role=status]');
var buttons = form.querySelector('.row');

function lists() { return document.querySelectorAll('.stops[data-run]'); }

function items(list) {
  // What is held does not count: it is taken away before it is put down.
  return Array.prototype.filter.call(list.querySelectorAll('li'), function (item) {
    return item !== held && item.querySelector('a') && !item.classList.contains('over');
  });
}

function unmark() {
  Array.prototype.forEach.call(document.querySelectorAll('.stops .here, .stops.here'), function (one) { one.classList.remove('here'); });
}

function say(text, look) {
  form.hidden = false;
  form.className = 'notice drag stack tight ' + look;
  words.textContent = text;
}

function place(list, y) {
  var all = items(list);
  for (var at = 0; at < all.length; at += 1) {
    var box = all[at].getBoundingClientRect();
    if (y < box.top + box.height / 2) return { run: list.getAttribute('data-run'), position: at + 1, before: all[at], list: list };
  }
  return { run: list.getAttribute('data-run'), position: all.length + 1, before: null, list: list };
}

function ask(there) {
  var url = held.querySelector('a').getAttribute('href') + 'cost/?run=' + there.run + '&position=' + there.position;
  asked = url;
  say(form.getAttribute('data-wait'), 'info');
  fetch(url, { credentials: 'same-origin' }).then(function (answer) { return answer.json(); }).then(function (cost) {
    if (asked === url && held) say(cost.text, cost.fine ? 'success' : 'warn');
  }).catch(function () {
    // What is not known is not said; the buttons stay.
    if (asked === url) words.textContent = '';
  });
}

function over(event) {
  if (!holding) return;
  var list = event.target.closest && event.target.closest('.stops[data-run]');
  if (!list) return;
  event.preventDefault();
  var there = place(list, event.clientY);
  if (target && target.list === list && target.position === there.position) return;
  target = there;
  unmark();
  (there.before || list).classList.add('here');
  clearTimeout(timer);
  if (there.run) timer = setTimeout(function () { if (held) ask(there); }, 120);
  else say(form.getAttribute('data-off'), 'info');
}

function drop(event) {
  if (!holding || !target) return;
  event.preventDefault();
  holding = false;
  form.action = held.querySelector('a').getAttribute('href') + 'move/';
  form.elements.run.value = target.run;
  form.elements.position.value = target.run ? target.position : '';
  buttons.hidden = false;
  buttons.querySelector('.primary').focus();
}

function leave() {
  if (held) held.classList.remove('held');
  held = target = null;
  holding = false;
  asked = '';
  clearTimeout(timer);
  unmark();
  form.hidden = buttons.hidden = true;
}

Array.prototype.forEach.call(lists(), function (list) {
  Array.prototype.forEach.call(list.querySelectorAll('li'), function (item) {
    if (item.querySelector('a') && !item.classList.contains('over')) item.draggable = true;
  });
});

document.addEventListener('dragstart', function (event) {
  var item = event.target.closest && event.target.closest('.stops[data-run] > li');
  if (!item || !item.draggable) return;
  leave();
  held = item;
  holding = true;
  item.classList.add('held');
  event.dataTransfer.effectAllowed = 'move';
  event.dataTransfer.setData('text/plain', item.textContent.trim());
  say(form.getAttribute('data-hint'), 'info');
});
document.addEventListener('dragover', over);
document.addEventListener('drop', drop);
document.addEventListener('dragend', function () {
  if (holding) leave();
});
document.addEventListener('keydown', function (event) {
  if (event.key === 'Escape') leave();
});
buttons.querySelector('[type=button]').addEventListener('click', leave);
})();
