// The keypad that a finger needs, by an input's label: digits and a comma for money and rates,
// digits for a CPF, a phone, a CEP, a number of notes. Streamlit has no option for it.
(() => {
  "use strict";

  const TYPED = "input:is([type=text], [type=tel])";
  const DECIMAL = /R\$|%/;
  const DIGITS = /^(CPF|CNPJ|Telefone|Segundo telefone|CEP|Parcelas)/;

  const keypad = (input) => {
    const label = input.getAttribute("aria-label") ?? "";
    return DECIMAL.test(label) ? "decimal" : DIGITS.test(label) ? "numeric" : null;
  };
  const give = (root) => {
    if (root.nodeType !== Node.ELEMENT_NODE) return;
    const inputs = root.matches(TYPED) ? [root] : root.querySelectorAll(TYPED);
    for (const input of inputs) {
      const needed = keypad(input);
      if (needed) input.inputMode = needed;
    }
  };
  new MutationObserver((records) => {
    for (const record of records) record.addedNodes.forEach(give);
  }).observe(document.documentElement, { subtree: true, childList: true });
  give(document.documentElement);

  // A CNPJ may hold letters: who comes back to what is no CPF finds all keys.
  document.addEventListener("focusout", ({ target }) => {
    if (!/^(CPF ou CNPJ|CNPJ ou CPF)/.test(target.getAttribute("aria-label"))) return;
    const digits = target.value.replace(/\D/g, "").length;
    target.inputMode = digits === 0 || digits === 11 ? "numeric" : "text";
  });
})();
