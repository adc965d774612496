// Comity without script is whole; this only makes it a little quicker. It keeps nothing, and asks the server for nothing
// but what a button of the page would ask for.
'use strict';
(() => {
  const pages = document;

  // A menu closes when one looks elsewhere.
  const shut = (except) => pages.querySelectorAll('details.more[open]').forEach((menu) => {
    if (!menu.contains(except)) menu.open = false;
  });
  pages.addEventListener('click', (event) => shut(event.target));
  pages.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') {
      const menu = event.target.closest('details.more[open]');
      shut(null);
      if (menu) menu.querySelector('summary').focus();
    }
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey) && event.target.matches('.write textarea')) {
      event.target.form.requestSubmit();
    }
  });

  // A composer opened under a post takes the words at once, after the mention it begins with.
  pages.addEventListener('toggle', (event) => {
    const opened = event.target;
    if (!opened.open || !opened.matches('details.answer')) return;
    const text = opened.querySelector('textarea');
    text.focus();
    text.setSelectionRange(text.value.length, text.value.length);
  }, true);

  // How many characters are left, as a person counts them.
  const letters = 'Segmenter' in Intl ? new Intl.Segmenter() : null;
  // A link counts 23 and a name without its server, as they do when the post is sent.
  const short = (text) => text
    .replace(/https?:\/\/[^\s<>"]*[^\s<>".,;:!?)\]']/gi, 'x'.repeat(23))
    .replace(/(^|[^\p{L}\p{N}_\/@])@([a-z0-9_]+(?:[.-]+[a-z0-9_]+)*)@[\p{L}\p{N}.:-]*[\p{L}\p{N}]/giu, '$1@$2');
  const count = (text) => (letters ? [...letters.segment(short(text))].length : [...short(text)].length);
  pages.querySelectorAll('textarea[data-limit]').forEach((text) => {
    const left = text.form.querySelector('[data-left]');
    const tell = () => {
      const rest = Number(text.dataset.limit) - count(text.value);
      left.textContent = rest < 0 ? `${-rest} too many` : `${rest} left`;
      left.classList.toggle('over', rest < 0);
    };
    text.addEventListener('input', tell);
    if (text.value) tell();
  });

  // Whom a post would reach follows what is chosen, as if "See who gets it" had been pressed.
  pages.querySelectorAll('[data-check]').forEach((button) => {
    const form = button.form;
    let latest = 0;
    const ask = async () => {
      const turn = ++latest;
      const sent = new URLSearchParams(new FormData(form));
      sent.delete('file');
      sent.set('check', 'true');
      const answer = await fetch(form.action, { method: 'POST', body: sent });
      const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
      if (turn !== latest) return;
      const [now, then] = [page.querySelector('.write .reach'), form.querySelector('.reach')];
      if (now && then) then.replaceWith(now);
      else if (now) form.querySelector('.tools').before(now);
      else if (then && answer.ok) then.remove();
    };
    form.addEventListener('change', (event) => {
      if (!['language', 'spoiler', 'file', 'alt'].includes(event.target.name)) ask().catch(() => {});
    });
  });

  // Files that were chosen are put to the post, as if "Add" had been pressed.
  pages.querySelectorAll('[data-add]').forEach((chosen) => {
    chosen.addEventListener('change', () => {
      if (chosen.files.length) chosen.form.requestSubmit(chosen.form.querySelector('[name=add]'));
    });
  });

  // One press sends once.
  pages.addEventListener('submit', (event) => {
    if (event.target.dataset.sent) event.preventDefault();
    else event.target.dataset.sent = 'yes';
  });
  addEventListener('pageshow', () => pages.querySelectorAll('form').forEach((form) => delete form.dataset.sent));
})();
