// Runs once when the tab with the figures is on the page.
const plots = () => document.querySelectorAll("#corpus-map .js-plotly-plot");

// A click on a paper's dot opens the paper.
const listenToPlots = () => {
  for (const plot of plots()) {
    if (plot.dataset.listens) continue;
    plot.dataset.listens = "yes";
    plot.on("plotly_click", ({ points }) => trigger("open", { paper: points[0].customdata }));
    plot.on("plotly_afterplot", () => hideOverlaps(plot));
    hideOverlaps(plot);
  }
};

// Labels that would overlap one before them, or leave the figure, are hidden: the largest come first.
const GAP = 3; // pixels
const hideOverlaps = (plot) => {
  const frame = plot.getBoundingClientRect();
  const shown = [];
  for (const label of plot.querySelectorAll("#map .annotation")) {
    const box = label.querySelector("text").getBoundingClientRect();
    const overlaps = shown.some(
      (other) =>
        box.left < other.right + GAP && other.left < box.right + GAP &&
        box.top < other.bottom + GAP && other.top < box.bottom + GAP);
    const isInside = box.left >= frame.left && box.right <= frame.right;
    label.style.visibility = overlaps || !isInside ? "hidden" : "visible";
    if (!overlaps && isInside) shown.push(box);
  }
};
new MutationObserver(listenToPlots).observe(document.body, { childList: true, subtree: true });

// An open page makes the figures narrower; plotly only notices when the window is resized.
new ResizeObserver(() => window.dispatchEvent(new Event("resize"))).observe(
  document.querySelector("#corpus-map"),
);

// A click on a topic of the legend fades all others; a second click brings them back.
element.addEventListener("click", (event) => {
  const button = event.target.closest("[data-topic]");
  if (!button) return;
  const on = button.ariaPressed !== "true";
  element.querySelectorAll("[data-topic]").forEach((b) => (b.ariaPressed = String(on && b === button)));
  for (const plot of plots()) {
    const opacity = plot.data.map((trace) => (!on || trace.name === button.dataset.topic ? 0.85 : 0.08));
    window.Plotly.restyle(plot, { "marker.opacity": opacity });
  }
});
