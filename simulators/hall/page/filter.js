// Which devices are shown: of one kind, and with the words of the filter in their name, place or wire.
/* global document */
export function followFilter(cards) {
  const field = document.getElementById('filter');
  const none = document.getElementById('none');
  const kinds = [...document.querySelectorAll('.kinds [data-kind]')];
  const texts = new Map([...cards].map(([id, card]) => [id, textOf(card)]));
  let kind;

  const show = () => {
    const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const [id, card] of cards) {
      const fits = (!kind || card.dataset.kind === kind) && words.every((word) => texts.get(id).includes(word));
      card.hidden = !fits;
      shown += fits ? 1 : 0;
    }
    none.hidden = shown > 0;
    for (const button of kinds) button.setAttribute('aria-pressed', String(button.dataset.kind === kind));
  };

  field.addEventListener('input', show);
  for (const button of kinds) {
    button.addEventListener('click', () => {
      kind = kind === button.dataset.kind ? undefined : button.dataset.kind;
      show();
    });
  }
  return {
    /** Brings a device before the eyes, though the filter hid it. */
    reveal(card) {
      if (card.hidden) {
        kind = undefined;
        field.value = '';
        show();
      }
      card.scrollIntoView({ block: 'center' });
      card.focus({ preventScroll: true });
    },
  };
}

function textOf(card) {
  const parts = ['h2', '.wire', '.place'].map((part) => card.querySelector(part).textContent);
  return [card.dataset.kind, ...parts].join(' ').toLowerCase();
}
