"use strict";
(() => {
  // Charts are data until here: drawn for the screen, the dark screen or paper.
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const swaps = Object.entries(JSON.parse(document.getElementById("palette").textContent));
  const boxes = [...document.querySelectorAll(".chart")];
  const PAPER_WIDTH = 640; // pixels of an A4 column

  const spec = (box, isDark) => {
    const text = box.nextElementSibling.textContent;
    const swapped = isDark ? swaps.reduce((t, [day, night]) => t.replaceAll(day, night), text) : text;
    return JSON.parse(swapped);
  };

  const draw = (box, onPaper) => {
    const { data, layout } = spec(box, dark.matches && !onPaper);
    const width = onPaper ? PAPER_WIDTH : box.parentElement.clientWidth;
    Object.assign(layout, {
      width,
      margin: { l: 0, r: 0, b: 0, ...layout.margin, t: 12 }, // the title stands above the chart
      font: { ...layout.font, family: getComputedStyle(document.body).fontFamily },
      paper_bgcolor: "rgba(0,0,0,0)",
      plot_bgcolor: "rgba(0,0,0,0)",
    });
    if (width < 480) layout.font.size = 11;
    return Plotly.react(box, data, layout, { displayModeBar: false, responsive: false });
  };

  const drawAll = (onPaper) => Promise.all(boxes.map((box) => draw(box, onPaper)));

  drawAll(false).then(() => {
    // The table stays open for whoever does not see the chart.
    document.querySelectorAll("figure details").forEach((each) => { each.open = false; });
    document.documentElement.dataset.charts = boxes.length;
  });
  let waiting;
  let width = innerWidth;
  addEventListener("resize", () => {
    if (innerWidth === width) return;
    width = innerWidth;
    clearTimeout(waiting);
    waiting = setTimeout(() => drawAll(false), 120);
  });
  dark.addEventListener("change", () => drawAll(false));
  addEventListener("beforeprint", () => drawAll(true));
  addEventListener("afterprint", () => drawAll(false));
})();
