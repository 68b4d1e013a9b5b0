// On a phone the rows of a list are cards (phone.css), and one whose customer has a phone gets two
// buttons: to call, and to write in WhatsApp, where the row's own link to it, if it has one, leads.
// They are made here, so that a wider screen neither gets nor draws them.
(() => {
  "use strict";

  const NARROW = window.matchMedia("(max-width: 640px)");
  const ROW = ".cg-rows tr[data-phone]";

  const button = (row, word, address, more) => {
    const link = Object.assign(document.createElement("a"), { href: address, ...more });
    link.textContent = word;
    const cell = row.insertCell();
    cell.className = "cg-reach";
    cell.append(link);
  };
  const give = (root) => {
    if (!NARROW.matches || root.nodeType !== Node.ELEMENT_NODE) return;
    for (const row of root.matches(ROW) ? [root] : root.querySelectorAll(ROW)) {
      const phone = row.dataset.phone;
      if (!/^\+\d+$/.test(phone) || row.querySelector(".cg-reach")) continue;
      const written = row.querySelector('a[href^="https://wa.me/"]')?.href;
      button(row, "Ligar", `tel:${phone}`);
      button(row, "WhatsApp", written ?? `https://wa.me/${phone.slice(1)}`, {
        target: "_blank",
        rel: "noopener",
      });
    }
  };
  new MutationObserver((records) => {
    for (const record of records) record.addedNodes.forEach(give);
  }).observe(document.documentElement, { subtree: true, childList: true });
  NARROW.addEventListener("change", () => give(document.documentElement));
  give(document.documentElement);
})();
