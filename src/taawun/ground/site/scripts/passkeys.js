// Passkeys: asks the server for a question, lets the browser answer it, and sends the form. Loaded on the pages that need it.
(function () {
'use strict';

if (!window.PublicKeyCredential || !window.fetch) return;

function bytes(text) {
  var plain = atob(text.replace(/-/g, '+').replace(/_/g, '/'));
  return Uint8Array.from(plain, function (sign) { return sign.charCodeAt(0); });
}

function text(buffer) {
  var signs = String.fromCharCode.apply(null, new Uint8Array(buffer));
  return btoa(signs).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
}

// What the server wrote as text becomes bytes, where the browser wants bytes.
function prepared(options) {
  options.challenge = bytes(options.challenge);
  if (options.user) options.user.id = bytes(options.user.id);
  ['excludeCredentials', 'allowCredentials'].forEach(function (name) {
    (options[name] || []).forEach(function (one) { one.id = bytes(one.id); });
  });
  return options;
}

function written(credential) {
  var response = {};
  ['clientDataJSON', 'attestationObject', 'authenticatorData', 'signature', 'userHandle'].forEach(function (name) {
    if (credential.response[name]) response[name] = text(credential.response[name]);
  });
  return JSON.stringify({
    id: credential.id, rawId: text(credential.rawId), type: credential.type, response: response,
    clientExtensionResults: credential.getClientExtensionResults()
  });
}

function ask(form) {
  return fetch(form.dataset.options, { method: 'POST', body: new FormData(form), credentials: 'same-origin' })
    .then(function (answer) { return answer.json(); })
    .then(function (told) {
      if (told.error) throw new Error(told.error);
      form.elements.challenge.value = told.challenge;
      return navigator.credentials[form.dataset.passkey]({ publicKey: prepared(told.options) });
    })
    .then(function (credential) {
      form.elements.answer.value = written(credential);
      form.submit();
    });
}

document.addEventListener('click', function (event) {
  var button = event.target.closest('[data-passkey] button[type=button]');
  if (!button) return;
  var form = button.form;
  if (form.reportValidity && !form.reportValidity()) return;
  var said = form.querySelector('[role=status]');
  said.textContent = '';
  button.disabled = true;
  ask(form).catch(function (error) {
    // The browser's own errors are in words nobody knows; ours come from the server, in the reader's language.
    said.textContent = error.name === 'Error' ? error.message : form.dataset.failed;
    button.disabled = false;
  });
});
})();
