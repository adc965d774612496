// Comity without script is whole; this only makes it a little quicker. No state, no network.
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
  const count = (text) => (letters ? [...letters.segment(text)].length : [...text].length);
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

  // One press sends once.
  pages.addEventListener('submit', (event) => {
    if (event.target.dataset.sent) event.preventDefault();
    else event.target.dataset.sent = 'yes';
  });
  addEventListener('pageshow', () => pages.querySelectorAll('form').forEach((form) => delete form.dataset.sent));
})();
