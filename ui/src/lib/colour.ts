// Colours for what cannot use CSS variables, a canvas.  Ask again when ui.isDark changes.
let probe: HTMLElement | undefined;

export function cssColour(token: string): string {
  if (!probe) {
    probe = document.createElement('i');
    probe.hidden = true;
    document.body.append(probe);
  }
  probe.style.color = `var(${token})`;
  return getComputedStyle(probe).color;
}
