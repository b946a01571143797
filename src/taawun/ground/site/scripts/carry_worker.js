// Brings a carrier's page back without signal. It keeps nothing of anybody: the page it shows is empty, and what stands on
// it lies encrypted elsewhere (carry.js). SHELL is written above it by the server.
'use strict';

var PATIENCE = 6000;

addEventListener('install', function () { skipWaiting(); });
addEventListener('activate', function (event) { event.waitUntil(clients.claim()); });

function shell(otherwise) {
  return caches.match(SHELL).then(function (kept) { return kept || otherwise; });
}

// A line that is only slow, or a server that is down, is as good as none: the kept round is there at once.
function network(request) {
  return new Promise(function (done) {
    var waiting = setTimeout(function () { shell().then(function (kept) { if (kept) done(kept); }); }, PATIENCE);
    fetch(request).then(function (answer) {
      clearTimeout(waiting);
      done(answer.status < 500 ? answer : shell(answer));
    }, function () {
      clearTimeout(waiting);
      done(shell(Response.error()));
    });
  });
}

addEventListener('fetch', function (event) {
  var request = event.request;
  var url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== location.origin) return;
  var root = SHELL.replace('offline/', '');
  if (request.mode === 'navigate') {
    // The list and the rounds themselves; a sheet to print is nothing to keep.
    if (url.pathname === root || /^[0-9a-f-]{36}\/$/.test(url.pathname.replace(root, ''))) event.respondWith(network(request));
  } else if (url.pathname.indexOf('/static/') === 0) {
    event.respondWith(caches.match(url.pathname).then(function (kept) { return kept || fetch(request); }));
  }
});
