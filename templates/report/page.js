"use strict";
(() => {
  // Charts are data until here: drawn when they come near, for the screen, the dark screen or paper.
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const swaps = Object.entries(JSON.parse(document.getElementById("palette").textContent));
  const boxes = [...document.querySelectorAll(".chart")];
  const names = new Map(boxes.map((box) => [box, box.getAttribute("aria-label")]));
  const drawn = new Set();
  const [PHONE, HEAD] = [480, 24]; // pixels: narrower is a phone; room for a panel's name
  const PAPER = { width: 660, height: 520, least: 0.65 }; // pixels of an A4 column; what can be read
  const soon = window.requestIdleCallback || ((what) => setTimeout(what, 50)); // Safari has none

  const spec = (box, isDark) => {
    const text = box.nextElementSibling.textContent;
    const swapped = isDark ? swaps.reduce((t, [day, night]) => t.replaceAll(day, night), text) : text;
    return JSON.parse(swapped);
  };

  // The picture speaks for itself, so that the button beside it can be reached.
  const speak = (box) => {
    const label = names.get(box);
    ["role", "aria-label"].forEach((name) => box.removeAttribute(name));
    box.querySelectorAll("svg.main-svg").forEach((layer, n) => {
      if (n) return layer.setAttribute("aria-hidden", "true");
      layer.setAttribute("role", "img");
      return layer.setAttribute("aria-label", label);
    });
  };

  // What of a layout is another on a phone: objects part by part, anything else as a whole.
  const isObject = (each) => each && typeof each === "object" && !Array.isArray(each);
  const overlaid = (base, over) => Object.fromEntries(
    Object.keys({ ...base, ...over }).map((key) => {
      const both = isObject(base[key]) && isObject(over[key]);
      return [key, both ? overlaid(base[key], over[key]) : over[key] ?? base[key]];
    }),
  );

  const draw = (box, isDark) => {
    const { data, layout: wide, narrow } = spec(box, isDark);
    const width = box.parentElement.clientWidth;
    if (!width) return undefined; // in another view
    const layout = width < PHONE ? overlaid(wide, narrow) : wide;
    Object.assign(layout, {
      width,
      margin: { l: 0, r: 0, b: 0, ...layout.margin, t: HEAD }, // the title stands above the chart
      font: { ...layout.font, family: getComputedStyle(document.body).fontFamily },
      paper_bgcolor: "rgba(0,0,0,0)",
      plot_bgcolor: "rgba(0,0,0,0)",
    });
    if (width < PHONE) layout.font.size = 11;
    drawn.add(box);
    return Plotly.react(box, data, layout, {
      displayModeBar: "hover",
      displaylogo: false,
      modeBarButtons: [["toImage"]],
      responsive: false,
    }).then(() => speak(box));
  };

  const show = (box) => draw(box, dark.matches);
  const redraw = () => drawn.forEach(show);

  // The others follow when nothing else is to be done: paper does not wait for a chart.
  const rest = () => {
    const next = boxes.find((box) => !drawn.has(box) && box.parentElement.clientWidth);
    if (next) show(next).then(() => soon(rest));
  };
  // A chart keeps its proportions on paper: drawn anew, it would be printed half done. A tall one
  // is made smaller while it can be read, for it leaves a page half empty before it.
  const fitted = ({ width, height }) =>
    Math.min(1, PAPER.width / width, Math.max(PAPER.least, PAPER.height / height));
  const print = (box) => {
    if (dark.matches || !drawn.has(box)) draw(box, false);
    if (drawn.has(box)) box.style.zoom = fitted(box.layout);
  };
  const near = new IntersectionObserver(
    (seen) => seen.filter((each) => each.isIntersecting).forEach(({ target }) => {
      if (!drawn.has(target)) show(target);
    }),
    { rootMargin: "800px" },
  );

  // The table stays open for whoever does not see the chart; its place is kept until it is drawn.
  document.querySelectorAll("figure details").forEach((each) => { each.open = false; });
  boxes.forEach((box) => { box.style.minHeight = `${spec(box, false).layout.height || 300}px`; });
  document.documentElement.dataset.charts = boxes.length;
  boxes.forEach((box) => near.observe(box));
  addEventListener("load", () => soon(rest));

  let waiting;
  let width = innerWidth;
  addEventListener("resize", () => {
    if (innerWidth === width) return;
    width = innerWidth;
    clearTimeout(waiting);
    waiting = setTimeout(redraw, 120);
  });
  dark.addEventListener("change", redraw);
  document.querySelector(".switch")?.addEventListener("change", () => { redraw(); soon(rest); });
  addEventListener("beforeprint", () => boxes.forEach(print));
  addEventListener("afterprint", () => {
    boxes.forEach((box) => { box.style.zoom = ""; });
    if (dark.matches) redraw();
  });
})();
