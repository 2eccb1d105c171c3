// Pictures of boards and tickets: drawn when they come into view and when something happened at their device.
/* global Image, IntersectionObserver */

/** @returns look(card): draws its picture anew, if it is in view. */
export function followPictures(cards) {
  const inView = new Set();
  const drawing = new Map();

  const look = (card) => {
    const image = inView.has(card) ? card.querySelector('img') : null;
    if (!image) return;
    // One at a time; what happens meanwhile is seen by one more look after it.
    if (drawing.has(card)) {
      drawing.set(card, 'again');
      return;
    }
    drawing.set(card, 'once');
    void draw(image).finally(() => {
      const again = drawing.get(card) === 'again';
      drawing.delete(card);
      if (again) look(card);
    });
  };

  const observer = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      if (isIntersecting) inView.add(target);
      else inView.delete(target);
      look(target);
    }
  });
  for (const card of cards.values()) if (card.querySelector('img')) observer.observe(card);
  return look;
}

/** The old picture stays until the new one is there; a device that has shown nothing yet has none. */
async function draw(image) {
  const next = new Image();
  next.src = `${image.dataset.src}?at=${Date.now()}`;
  try {
    await next.decode();
    next.alt = image.alt;
    next.dataset.src = image.dataset.src;
    image.replaceWith(next);
  } catch {
    image.hidden = true;
  }
}
