"use strict";
addEventListener("DOMContentLoaded", () => {
  const folds = [...document.querySelectorAll("details")];
  const everything = document.getElementById("everything");
  const name = () => {
    everything.textContent = folds.every((fold) => fold.open) ? "Close everything" : "Open everything";
  };
  everything.hidden = folds.length === 0;
  everything.addEventListener("click", () => {
    const open = !folds.every((fold) => fold.open);
    for (const fold of folds) fold.open = open;
    name();
  });
  document.addEventListener("toggle", name, true);

  const STEPS = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 };
  for (const group of document.querySelectorAll(".sentences")) {
    const sentences = [...group.querySelectorAll(":scope > details > summary")];
    group.addEventListener("keydown", (event) => {
      const at = sentences.indexOf(document.activeElement);
      if (at < 0 || event.ctrlKey || event.altKey || event.metaKey) return;
      const last = sentences.length - 1;
      let to = at + (STEPS[event.key] ?? 0);
      if (event.key === "Home") to = 0;
      if (event.key === "End") to = last;
      if (event.key === "Escape") sentences[at].parentElement.open = false;
      if (to === at || to < 0 || to > last) return;
      event.preventDefault();
      sentences[to].focus();
    });
  }

  let closed = [];
  addEventListener("beforeprint", () => {
    closed = folds.filter((fold) => !fold.open);
    for (const fold of closed) fold.open = true;
  });
  addEventListener("afterprint", () => {
    for (const fold of closed) fold.open = false;
  });
});
