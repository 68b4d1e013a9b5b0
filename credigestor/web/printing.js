// Prints a document of ours that the page hands over (ui/counter/self_print.py): once, though the
// page is drawn more often, and without leaving it. It is shown in a frame that nobody sees, and
// the frame prints itself. Where the browser has no viewer of PDF in its pages, or lets none but
// its own scripts near it (Firefox), nothing happens: the page's buttons are there.
//
// And takes a double click on a button that records a printing for one: the page may be drawn anew
// between the two, and the second would record another.
(() => {
  "use strict";

  document.addEventListener(
    "click",
    (event) => {
      if (event.detail < 2 || !event.target.closest?.('[class*="st-key-print_"] button')) return;
      event.preventDefault();
      event.stopImmediatePropagation();
    },
    true,
  );

  const DOCUMENT = /^\/documento\/recibo\/\d+\?[\w=&]+$/;
  const printed = new Set();
  const print = (path) => {
    document.querySelector("iframe.cg-printing")?.remove();
    const frame = document.createElement("iframe");
    frame.className = "cg-printing";
    frame.title = "Impressão";
    frame.tabIndex = -1;
    frame.style.cssText = "position:fixed;width:0;height:0;border:0;visibility:hidden";
    frame.addEventListener("load", () => {
      try {
        // What came instead, as that the session is over, is nothing to put on paper.
        if (frame.contentDocument.contentType === "application/pdf") frame.contentWindow.print();
      } catch {
        frame.remove();
      }
    });
    frame.src = path;
    document.body.append(frame);
  };
  const look = (root) => {
    if (root.nodeType !== Node.ELEMENT_NODE) return;
    const links = root.matches("a.cg-print") ? [root] : root.querySelectorAll("a.cg-print");
    for (const link of links) {
      const path = link.getAttribute("href");
      const ours = DOCUMENT.test(path) && link.closest('[data-testid="stHtml"]') !== null;
      if (!ours || printed.has(path) || !navigator.pdfViewerEnabled) continue;
      printed.add(path);
      print(path);
    }
  };
  new MutationObserver((records) => {
    for (const record of records) record.addedNodes.forEach(look);
  }).observe(document.documentElement, { subtree: true, childList: true });
})();
