// The language of the page: Chinese or English, as the browser says at first, and as the person chose after.
/* global document, localStorage, navigator */
const KEY = 'hall-language';
const ATTRIBUTES = ['placeholder', 'title', 'aria-label'];

export function followLanguage() {
  const buttons = document.querySelectorAll('[data-language]');
  const show = (language) => {
    document.documentElement.lang = language;
    for (const button of buttons) button.setAttribute('aria-pressed', String(button.dataset.language === language));
    for (const name of ATTRIBUTES) {
      for (const element of document.querySelectorAll(`[data-${name}-${language}]`)) {
        element.setAttribute(name, element.getAttribute(`data-${name}-${language}`));
      }
    }
    for (const option of document.querySelectorAll('option[data-zh]')) option.textContent = option.dataset[language];
  };
  for (const button of buttons) {
    button.addEventListener('click', () => {
      remember(button.dataset.language);
      show(button.dataset.language);
    });
  }
  show(remembered() ?? (navigator.language.startsWith('zh') ? 'zh' : 'en'));
}

/** Both forms of a text; the style sheet shows one. */
export function both({ zh, en }) {
  const forms = Object.entries({ zh, en }).map(([language, text]) => {
    const form = document.createElement('span');
    form.lang = language;
    form.textContent = text;
    return form;
  });
  const all = document.createDocumentFragment();
  all.append(...forms);
  return all;
}

// A browser may keep its storage shut: then the choice holds for this visit only.
function remembered() {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

function remember(language) {
  try {
    localStorage.setItem(KEY, language);
  } catch {
    return;
  }
}
