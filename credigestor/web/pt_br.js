// Puts Streamlit's built-in English in Portuguese, names inputs as their labels read and writes
// numbers in them as people do, follows a link that the script left for it, starts a download or
// opens a document once, keeps a form's word in the address out of Back's way, opens a list's rows
// without leaving the visit, and loads a page anew that has lost its connection for good.
//
// Only text values and the attributes named below are changed, never nodes (React would lose
// them), and only where the whole text is in the dictionary. What the shop
// itself wrote is left alone: Markdown, options, tables, and whatever is marked translate="yes";
// only whole sentences that nobody writes but Streamlit are changed inside Markdown too.
(() => {
  "use strict";

  const { words, sentences, roles, patterns } = "DICTIONARY";
  const rules = patterns.map(([source, target]) => [new RegExp(`^${source}$`), target]);
  const ATTRIBUTES = ["aria-label", "aria-valuetext", "title", "placeholder"];
  const ROLE = "aria-roledescription";
  const NAMED = [...ATTRIBUTES, ROLE].map((name) => `[${name}]`).join();
  const OWN = [
    // An upload button's own label is Markdown, and Streamlit's.
    '[data-testid="stMarkdownContainer"]:not([data-testid="stFileUploaderDropzone"] *)',
    '[data-testid="stHtml"]',
    '[data-testid="stDataFrame"]',
    '[data-testid="stTable"]',
    '[data-testid="stCode"]',
    '[data-testid="stMetric"]',
    '[role="option"]',
    '[translate="yes"]',
    "textarea",
    "script",
    "style",
  ].join(",");

  const inDictionary = (trimmed) => {
    if (Object.hasOwn(words, trimmed)) return words[trimmed];
    if (trimmed.length > 200) return null;
    const rule = rules.find(([source]) => source.test(trimmed));
    return rule ? trimmed.replace(...rule) : null;
  };
  // A page is drawn of the same texts again and again, and most of them are none of Streamlit's.
  const known = new Map();
  const portuguese = (text) => {
    const trimmed = text.trim();
    if (!trimmed) return null;
    let found = known.get(trimmed);
    if (found === undefined) {
      if (known.size > 5000) known.clear();
      known.set(trimmed, (found = inDictionary(trimmed)));
    }
    return found === null ? null : text.replace(trimmed, () => found);
  };

  const changeText = (node) => {
    const text = node.nodeValue;
    const changed = portuguese(text);
    if (changed === null || changed === text) return;
    const own = node.parentElement?.closest(OWN);
    if (!own || Object.hasOwn(sentences, text.trim())) node.nodeValue = changed;
  };

  // A label is Markdown, whose source Streamlit gives a screen reader as the name of its input.
  const asRead = (label) =>
    label
      .replaceAll(":small[]", "")
      .replaceAll("**", "")
      .replace(/\\([!-/:-@[-`{-~])/g, "$1");

  const changeAttributes = (element) => {
    const role = roles[element.getAttribute(ROLE)];
    if (role) element.setAttribute(ROLE, role);
    for (const name of ATTRIBUTES) {
      const value = element.getAttribute(name);
      if (value === null) continue;
      const named = name === "aria-label" && element.matches("input, textarea");
      const read = named ? asRead(value) : value;
      const changed = portuguese(read) ?? read;
      if (changed === value) continue;
      if (element.closest('[data-testid="stMarkdownContainer"],[translate="yes"]')) return;
      element.setAttribute(name, changed);
    }
  };

  const found = (element, selector) =>
    element.matches(selector) ? [element] : element.querySelectorAll(selector);
  const isOurs = (link) => link.closest('[data-testid="stHtml"]') !== null;

  const leave = (element) => {
    for (const link of found(element, "a.cg-leave")) {
      const path = link.getAttribute("href");
      if (/^\/(entrar\?|sair$)/.test(path) && isOurs(link)) window.location.replace(path);
    }
  };

  // A download's address works once, a printing is opened once, and the page is drawn more often.
  const started = new Set();
  const start = (element) => {
    for (const link of found(element, "a.cg-download, a.cg-open")) {
      const path = link.getAttribute("href");
      const known = /^\/(baixar\/[\w-]+|documento\/(notas|contrato)\/[0-9a-f-]+)$/.test(path);
      if (known && isOurs(link) && !started.has(path)) {
        started.add(path);
        link.click();
      }
    }
  };

  const change = (root) => {
    if (root.nodeType === Node.TEXT_NODE) return changeText(root);
    if (root.nodeType !== Node.ELEMENT_NODE) return;
    leave(root);
    start(root);
    if (root.matches(NAMED)) changeAttributes(root);
    root.querySelectorAll(NAMED).forEach(changeAttributes);
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) changeText(walker.currentNode);
  };

  // A chart is added bar by bar into what was added before: it is walked once, as it stands now.
  new MutationObserver((records) => {
    const walked = new Set();
    const isWalked = (node) => node !== null && (walked.has(node) || isWalked(node.parentNode));
    for (const { type, target, addedNodes } of records) {
      if (isWalked(target)) continue;
      if (type === "characterData") changeText(target);
      else if (type === "attributes") changeAttributes(target);
      else
        for (const node of addedNodes) {
          if (isWalked(node)) continue;
          walked.add(node);
          change(node);
        }
    }
  }).observe(document.documentElement, {
    subtree: true,
    childList: true,
    characterData: true,
    attributes: true,
    attributeFilter: [...ATTRIBUTES, ROLE],
  });
  change(document.body);

  // What a field was given is written as people write it, once it is left; whatever is no such
  // number stays as typed, and the server says so. A field left for a button stays too: the click
  // is of what was read while typing.
  const digits = (text) => text.replace(/[\s().\/-]/g, "");
  const regrouped = (text, rule, shape) =>
    rule.test(digits(text)) ? digits(text).replace(rule, shape) : text;
  const FORMATS = [
    [
      /^(CPF|CNPJ)/,
      (text) =>
        regrouped(
          regrouped(text, /^(\d{3})(\d{3})(\d{3})(\d{2})$/, "$1.$2.$3-$4"),
          /^(\d{2})(\d{3})(\d{3})(\d{4})(\d{2})$/,
          "$1.$2.$3/$4-$5",
        ),
    ],
    [/^(Telefone|Segundo telefone)/, (text) => regrouped(text, /^(\d{2})(\d{4,5})(\d{4})$/, "($1) $2-$3")],
    [/^CEP/, (text) => regrouped(text, /^(\d{5})(\d{3})$/, "$1-$2")],
    [
      /\(R\$\)/,
      (text) => {
        const amount = text.trim().match(/^(\d+|\d{1,3}(?:\.\d{3})+)(?:,(\d{1,2}))?$/);
        if (!amount) return text;
        const whole = amount[1].replaceAll(".", "").replace(/^0+(?=\d)/, "");
        return `${whole.replace(/\B(?=(\d{3})+$)/g, ".")},${(amount[2] ?? "").padEnd(2, "0")}`;
      },
    ],
  ];
  const setValue = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set;
  document.addEventListener(
    "focusout",
    ({ target, relatedTarget }) => {
      if (!target.matches("input[aria-label]:is([type=text], [type=tel])")) return;
      const form = target.closest('[data-testid="stForm"]');
      if (!form && relatedTarget?.closest("button, a")) return;
      const label = target.getAttribute("aria-label");
      const format = FORMATS.find(([rule]) => rule.test(label))?.[1];
      const written = format ? format(target.value) : target.value;
      if (written === target.value) return;
      setValue.call(target, written); // as if typed: React overlooks an assigned value
      target.dispatchEvent(new Event("input", { bubbles: true }));
    },
    true,
  );

  // The word of a form's operation comes into the address and leaves it by itself: no step that
  // Back would have to undo. It may arrive when its page was left already, and is nothing there.
  const FORMS = /\/(nova-venda|receber|clientes)$/;
  const push = history.pushState.bind(history);
  const butOperation = (url) => {
    const address = new URL(url, window.location.href);
    address.searchParams.delete("op");
    return address.pathname + (address.searchParams.size ? `?${address.searchParams}` : "");
  };
  // What one run writes word by word, a filter and the page that it ends, is one step.
  let pushed = 0;
  history.pushState = (state, title, url) => {
    const same = url && butOperation(url) === butOperation(window.location.href);
    const late = same && !FORMS.test(window.location.pathname);
    const kept = late ? butOperation(url) : url;
    const here = url && new URL(url, window.location.href).pathname === window.location.pathname;
    const oneStep = here && Date.now() - pushed < 300;
    pushed = Date.now();
    return same || oneStep ? history.replaceState(state, title, kept) : push(state, title, kept);
  };

  // Rows, headers and pagers of lists are plain links of ours. Followed here they stay in the
  // same visit: Streamlit reads the new address as it does after Back. What Back leads to is
  // shown as it was left, scrolled as far and with the row under the keyboard.
  const scrolled = () => document.querySelector('[data-testid="stMain"]');
  // Two rows may lead to one page: what happened to a sale, and that it was cancelled.
  const same = (row) => [...document.querySelectorAll(`a.cg-follow[href="${CSS.escape(row)}"]`)];
  // Charts above a row come after it, and a later run may draw the row anew: it stays where it
  // was, under the keyboard, until a hand moves the page.
  const HANDS = ["wheel", "touchstart", "pointerdown", "keydown"];
  const hold = (top, found, end) => {
    const letGo = new AbortController();
    const options = { capture: true, passive: true, signal: letGo.signal };
    for (const hand of HANDS) window.addEventListener(hand, () => letGo.abort(), options);
    window.addEventListener("popstate", () => letGo.abort(), options);
    const put = () => {
      if (letGo.signal.aborted) return;
      if (Date.now() > end) return letGo.abort();
      const area = scrolled();
      if (area && Math.abs(area.scrollTop - top) > 1) area.scrollTop = top;
      if (document.activeElement === document.body) found()?.focus({ preventScroll: true });
      setTimeout(put, 100);
    };
    put();
  };
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a.cg-follow");
    const apart = event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey;
    if (!link || !isOurs(link) || apart) return;
    event.preventDefault();
    if (link.href === window.location.href) return;
    const row = link.getAttribute("href");
    const left = { row, place: same(row).indexOf(link), top: scrolled()?.scrollTop ?? 0 };
    history.replaceState({ ...history.state, left }, "");
    const elsewhere = link.pathname !== window.location.pathname;
    if (link.closest("nav")) link.closest(".cg-rows")?.scrollIntoView();
    push({}, "", link.href);
    window.dispatchEvent(new PopStateEvent("popstate", { state: {} }));
    if (elsewhere) scrolled()?.scrollTo(0, 0);
    // A label is drawn anew with its list: the keyboard stays on it.
    const column = link.closest("th[data-column]")?.dataset.column;
    const end = Date.now() + 8000;
    const stay = () => {
      if (!link.isConnected) {
        document.querySelector(`th[data-column="${column}"] a`)?.focus({ preventScroll: true });
      } else if (Date.now() < end) setTimeout(stay, 50);
    };
    if (column) stay();
  });
  window.addEventListener("popstate", (event) => {
    const left = event.isTrusted && event.state?.left;
    if (!left) return;
    const end = Date.now() + 20000;
    const found = () => same(left.row)[left.place] ?? same(left.row)[0];
    const show = () => {
      const row = found();
      const drawn = document.querySelector('[data-test-script-state="notRunning"]');
      // Its tab may be opened a moment later.
      if (drawn && row?.checkVisibility({ visibilityProperty: true })) {
        row.focus({ preventScroll: true });
        hold(left.top, found, Date.now() + 8000);
      } else if (Date.now() < end) setTimeout(show, 50);
    };
    show();
  });

  // A server that is well but lets this page's connection in no more: in another tab somebody
  // else logged in. Only a new page can connect, and this one still shows what was theirs to see.
  let refused = 0;
  setInterval(async () => {
    const app = document.querySelector("[data-test-connection-state]");
    const connected = !app || app.dataset.testConnectionState === "CONNECTED";
    const well = !connected && (await fetch("/_stcore/health").then((r) => r.ok, () => false));
    refused = well ? refused + 1 : 0;
    if (refused === 5) window.location.reload();
  }, 5000);
})();
