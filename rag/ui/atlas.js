// Runs once when the tab of the figures is there.
const plots = () => document.querySelectorAll("#atlas .js-plotly-plot");

// A click on a paper's dot opens the paper.
const listen = () => {
  for (const plot of plots()) {
    if (plot.dataset.listens) continue;
    plot.dataset.listens = "yes";
    plot.on("plotly_click", ({ points }) => trigger("open", { paper: points[0].customdata }));
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
