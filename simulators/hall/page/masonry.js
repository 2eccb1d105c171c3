// Cards without holes: every card takes as many of the grid's fine rows as it is high.
/* global ResizeObserver */
const ROW_PX = 4;
const GAP_PX = 12;

export function layOut(main) {
  const observer = new ResizeObserver((entries) => {
    for (const { target, borderBoxSize } of entries) {
      const height = borderBoxSize[0].blockSize;
      target.style.gridRowEnd = `span ${Math.max(1, Math.ceil((height + GAP_PX) / ROW_PX))}`;
    }
  });
  for (const card of main.children) observer.observe(card);
}
