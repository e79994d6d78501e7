// The WCAG contrast of one of an element's colours against the first background behind it that is not transparent.
(element, property) => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });

  /** Any CSS colour as [red, green, blue, alpha], 0 to 255. */
  function rgba(colour) {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  }

  function luminance(colour) {
    const [red, green, blue] = colour.map((part) => part / 255).map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  }

  let behind = property === "color" ? element : element.parentElement;
  while (behind.parentElement && rgba(getComputedStyle(behind).backgroundColor)[3] < 255) behind = behind.parentElement;
  const under = rgba(getComputedStyle(behind).backgroundColor);
  const ink = rgba(getComputedStyle(element)[property]);
  const seen = ink.slice(0, 3).map((part, index) => (part * ink[3] + under[index] * (255 - ink[3])) / 255);
  const [lighter, darker] = [luminance(seen), luminance(under)].sort((a, b) => b - a);
  return (lighter + 0.05) / (darker + 0.05);
}
