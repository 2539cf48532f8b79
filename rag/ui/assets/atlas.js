// Runs once when the tab of the figures is there.
const plots = () => document.querySelectorAll("#atlas .js-plotly-plot");

// A click on a paper's dot opens the paper.
const listen = () => {
  for (const plot of plots()) {
    if (plot.dataset.listens) continue;
    plot.dataset.listens = "yes";
    plot.on("plotly_click", ({ points }) => trigger("open", { paper: points[0].customdata }));
    plot.on("plotly_afterplot", () => untangle(plot));
    untangle(plot);
  }
};

// Words that would cover others before them, or leave the figure, are hidden: the largest come first.
const GAP = 3; // pixels
const untangle = (plot) => {
  const frame = plot.getBoundingClientRect();
  const shown = [];
  for (const words of plot.querySelectorAll("#map .annotation")) {
    const box = words.querySelector("text").getBoundingClientRect();
    const covers = shown.some(
      (other) =>
        box.left < other.right + GAP && other.left < box.right + GAP &&
        box.top < other.bottom + GAP && other.top < box.bottom + GAP);
    const isInside = box.left >= frame.left && box.right <= frame.right;
    words.style.visibility = covers || !isInside ? "hidden" : "visible";
    if (!covers && isInside) shown.push(box);
  }
};
new MutationObserver(listen).observe(document.body, { childList: true, subtree: true });

// Where a page opens beside the figures they have less room; plotly only minds the window.
new ResizeObserver(() => window.dispatchEvent(new Event("resize"))).observe(
  document.querySelector("#atlas"),
);

// A topic of the legend makes all others pale; the same again brings them back.
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
