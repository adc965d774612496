// Passkeys. What is to be signed is handed to the browser, and what comes back goes into a form of the page, which is sent
// as any other. Without script there are none, and the page says so.
'use strict';
(() => {
  const page = document;
  if (!('PublicKeyCredential' in window) || !navigator.credentials) return;
  page.querySelectorAll('[data-with-passkeys]').forEach((one) => { one.hidden = false; });
  page.querySelectorAll('[data-without-passkeys]').forEach((one) => { one.hidden = true; });

  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (letter) => letter.charCodeAt(0));
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer ?? [])))
    .replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');

  const tell = (sentence) => page.querySelectorAll('[data-passkey-trouble]').forEach((place) => {
    place.textContent = sentence;
    place.hidden = !sentence;
  });
  const sentence = (error) => ({
    InvalidStateError: 'This device has a passkey for you already.',
    NotAllowedError: 'That was cancelled, or took too long. Try again, or use your password.',
    NotSupportedError: 'This device makes no passkeys that are known here.',
    SecurityError: 'Passkeys do not work at this address.',
  })[error.name] ?? (error.name === 'Error' ? error.message : 'That did not work. Try again, or use your password.');

  // One press asks once, and the form goes only when the device has answered.
  const on = (form, answer) => {
    let busy = false;
    form.addEventListener('submit', async (event) => {
      event.preventDefault();
      event.stopPropagation();
      if (busy) return;
      busy = true;
      tell('');
      try {
        for (const [name, value] of Object.entries(await answer(form))) form.elements[name].value = value;
        form.submit();
      } catch (error) {
        tell(sentence(error));
      }
      busy = false;
    });
  };

  page.querySelectorAll('form[data-passkey-make]').forEach((made) => on(made, async (form) => {
    const asked = JSON.parse(form.dataset.passkeyMake);
    asked.challenge = bytes(asked.challenge);
    asked.user.id = bytes(asked.user.id);
    asked.excludeCredentials = asked.excludeCredentials.map((known) => ({ ...known, id: bytes(known.id) }));
    const { response } = await navigator.credentials.create({ publicKey: asked });
    return { client_data: text(response.clientDataJSON), attestation: text(response.attestationObject) };
  }));

  page.querySelectorAll('form[data-passkey-use]').forEach((used) => on(used, async (form) => {
    const answer = await fetch(form.dataset.passkeyUse, {
      method: 'POST',
      headers: { Accept: 'application/json' },
      body: new URLSearchParams({ csrf: form.elements.csrf.value }),
    });
    const asked = await answer.json();
    if (!answer.ok) throw new Error(asked.error);
    asked.challenge = bytes(asked.challenge);
    const { rawId, response } = await navigator.credentials.get({ publicKey: asked });
    return {
      id: text(rawId),
      user_handle: text(response.userHandle),
      client_data: text(response.clientDataJSON),
      auth_data: text(response.authenticatorData),
      signature: text(response.signature),
    };
  }));
})();
