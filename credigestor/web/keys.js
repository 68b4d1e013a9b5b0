// The keyboard at the counter: the caret where one goes on typing, Enter that picks the first
// result and confirms what is on the screen, and keys that lead on from any page. What it knows of
// a page stands in the marks and containers of ui/kit/keyboard.py.
(() => {
  "use strict";

  const TEXT = 'input:not([type="checkbox"], [type="radio"], [type="button"]), textarea, select';
  const PAGES = { r: "/receber", v: "/nova-venda", h: "/" };
  const TOUCH = matchMedia("(hover: none)").matches;
  // A second Enter so soon after another is the same one, pressed by a hand that trembles.
  const SAME_ENTER = 200;
  // How long one waits for a page, or for results, with what is typed meanwhile kept.
  const PATIENCE = 8000;
  const CHORD = 2000;
  // From a field that is left to its text on its way.
  const SENT = 50;

  const $ = (selector) => document.querySelector(selector);
  const keyed = (name, inside) => $(`[class*="st-key-${name}"] ${inside}`);
  const inputOf = (field) => $(`.${CSS.escape(field)} input`);
  const typingIn = (element) =>
    element?.isConnected && (element.matches(TEXT) || element.isContentEditable);
  const setValue = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set;
  const type = (input, text) => {
    setValue.call(input, text); // as if typed: React overlooks an assigned value
    input.dispatchEvent(new Event("input", { bubbles: true }));
  };

  // What is typed while the field that it is for is still on its way.
  let ahead = { text: "", until: 0 };
  const waiting = () => Date.now() < ahead.until;
  const wait = () => (ahead = { text: waiting() ? ahead.text : "", until: Date.now() + PATIENCE });
  const release = (input) => {
    const [text, ...later] = ahead.text.split("\n");
    ahead = { text: "", until: 0 };
    if (text) type(input, text);
    // An Enter typed ahead may pick; it never confirms, for nobody has seen anything yet.
    if (later.length && pickFrom(input)) ahead.text = later.join("\n");
  };

  // The caret goes to a field once for each turn.
  let searching = false; // the menu's search was asked for
  let done = "";
  let last = "";
  const putCaret = () => {
    const mark = [...document.querySelectorAll(".cg-caret")].at(-1);
    if (!mark) return void (done = "");
    const { field, turn } = mark.dataset;
    const input = turn !== done && inputOf(field);
    if (!input) return;
    const again = TOUCH && field === last; // a finger wants to see, not the keyboard of the screen
    const before = last && inputOf(last); // it gives way to another one, and is there until then
    [done, last] = [turn, field];
    const active = document.activeElement;
    if (active !== input) {
      if (again || searching || (typingIn(active) && active !== before)) return;
      input.focus({ preventScroll: true });
      input.select();
    }
    release(input);
  };

  // Enter in a search opens its first result, once the results are those of what is typed.
  let picking = null;
  const pickFrom = (input) => {
    const box = input.closest('[class*="st-key-cg-pick-"]');
    if (!box) return false;
    picking = { box, input, text: input.value, until: Date.now() + PATIENCE };
    wait();
    setTimeout(pick); // once Streamlit had its Enter, which may send what is typed
    return true;
  };
  const pick = () => {
    if (!picking) return;
    const { box, input, text, until } = picking;
    const given = (reason) => {
      picking = null;
      if (reason === "nothing" && ahead.text) type(input, text + ahead.text.split("\n")[0]);
      ahead.until = 0;
    };
    if (!box.isConnected || !input.isConnected || input.value !== text || Date.now() > until) {
      return given("up");
    }
    const found = box.querySelector(".cg-found");
    if (!found || found.dataset.of !== encodeURIComponent(text.trim())) return;
    const first = box.querySelector('.stButton button, [data-testid="stPageLink-NavLink"]');
    if (!first) return given("nothing");
    picking = null;
    input.blur();
    // What the menu leads to has no field to type in.
    if (box.matches('[class*="st-key-cg-pick-menu"]')) ahead.until = 0;
    else wait();
    first.click();
  };

  // Enter in a form confirms what its preview shows: made from just these texts, and in view.
  const inView = (element) => {
    const box = element.getBoundingClientRect();
    const view = window.visualViewport;
    const bar = $(".cg-bar")?.getBoundingClientRect();
    const end = Math.min(view.offsetTop + view.height, bar?.height ? bar.top : Infinity);
    return box.height > 0 && box.top > view.offsetTop - 1 && box.bottom < end + 1;
  };
  let confirmed = 0;
  const confirm = (target) => {
    const seen = $(".cg-seen");
    const button = keyed("cg-confirm", "button");
    if (!seen || !button || button.disabled) return false;
    const fields = [...new URLSearchParams(seen.dataset.fields)];
    if (!fields.some(([field]) => inputOf(field) === target)) return false;
    if (fields.some(([field, text]) => (inputOf(field)?.value ?? text) !== text)) return false;
    const hidden = [$('[class*="st-key-cg-preview"]'), button].filter((one) => one && !inView(one));
    for (const one of hidden) one.scrollIntoView({ block: "center" });
    if (!hidden.length) {
      confirmed = Date.now();
      button.click();
    }
    return true;
  };

  // A letter of the page that the confirmed one leads to may be pressed before that page is there.
  let wanted = "";
  const press = (key) => {
    const there = keyed(`cg-key-${key}`, ":is(a, button)");
    const coming = /\/(receber|pagamento)$/.test(location.pathname);
    wanted = !there && coming && Date.now() - confirmed < PATIENCE ? key : "";
    there?.click();
    return Boolean(there || wanted);
  };

  // To another page, as a link of the menu leads there.
  const lead = (path) => {
    const typed = typingIn(document.activeElement);
    document.activeElement?.blur();
    const words = new URLSearchParams(location.search);
    words.delete("op");
    if (location.pathname === path && !words.size) {
      done = "";
      return putCaret();
    }
    wait();
    const go = () => {
      history.pushState({}, "", path);
      window.dispatchEvent(new PopStateEvent("popstate", { state: {} }));
    };
    // What was typed last is on its way to the server: Streamlit would answer it on the next page,
    // and empty that.
    const idle = () => {
      if ($('[data-test-script-state="notRunning"]') || !waiting()) go();
      else setTimeout(idle, 30);
    };
    if (typed) setTimeout(idle, 30);
    else go();
  };
  const search = () => {
    const folded = $('[data-testid="stExpandSidebarButton"]');
    (folded?.querySelector("button") ?? folded)?.click();
    document.activeElement?.blur();
    searching = true;
    wait();
    const put = () => {
      const input = keyed("cg-pick-menu", "input");
      input?.focus();
      if (input && document.activeElement === input) {
        input.select();
        release(input);
      } else if (waiting()) return void setTimeout(put, 50);
      searching = false;
    };
    put();
  };
  // A page with a menu; its search may be on its way still.
  const inMenu = () => $('[data-testid="stSidebarNav"], [data-testid="stExpandSidebarButton"]');

  const letter = (event) =>
    /^[a-z0-9]$/i.test(event.key) ? event.key.toLowerCase() : event.code.slice(-1).toLowerCase();
  // What Alt and a letter or digit does, but the shortcuts that Streamlit minds itself.
  const pressAlt = (key) => {
    if (key in PAGES && inMenu()) return lead(PAGES[key]), true;
    const options = keyed("cg-key-alt-digit", '[data-testid="stButtonGroup"]');
    const option = options?.querySelectorAll("button")[Number(key) - 1];
    const field = keyed(`cg-key-alt-${key}`, "input");
    if (option && option.dataset.selected !== "true") {
      document.activeElement.blur(); // the caret comes back, or goes where one goes on typing
      wait();
      option.click();
    }
    field?.focus();
    field?.select();
    return Boolean(option || field);
  };
  const hinted = (key) =>
    [...document.querySelectorAll("button:enabled kbd")]
      .find((hint) => new RegExp(`^(Alt|⌥) \\+ ${key}$`, "i").test(hint.textContent))
      ?.closest("button");
  const byAlt = (event) => {
    if (event.key.length > 1) return false;
    const [key, field] = [letter(event), event.target];
    if (pressAlt(key)) return true;
    if (!typingIn(field) || !hinted(key)) return false; // the shortcut is Streamlit's
    // It would send what is being typed only after the click, which that would undo.
    field.blur();
    field.focus({ preventScroll: true });
    if (!event.repeat) setTimeout(() => want(key), SENT);
    return true;
  };
  // A chord pressed when the caret is there and its button is not: it is drawn further below, and
  // Streamlit loads the script of a button, and minds its shortcut, some time after the text.
  let chord = null;
  const minded = () => {
    if (!chord) return;
    const { key, path, at } = chord;
    const late = Date.now() - at > ($('[data-test-script-state="running"]') ? PATIENCE : CHORD);
    if (late || path !== location.pathname) return void (chord = null);
    const button = hinted(key);
    if (!button && !pressAlt(key)) return;
    chord = null;
    button?.click();
  };
  const want = (key) => {
    chord = { key, path: location.pathname, at: Date.now() };
    minded();
  };
  let entered = 0;
  const byEnter = (event) => {
    const soon = event.repeat || event.timeStamp - entered < SAME_ENTER;
    const target = event.target.closest ? event.target : document.body;
    entered = event.timeStamp;
    const onward = keyed("cg-key-enter", "a");
    const line = target.closest('[class*="st-key-cg-pick-"], [data-testid="stMain"]');
    if (picking || (soon && (onward || (line && $(".cg-caret"))))) return true;
    if (typingIn(target)) return pickFrom(target) ? false : confirm(target);
    if (waiting()) return (ahead.text += "\n"), true;
    if (!onward || target.closest("a, button, summary, [role=button]")) return false;
    wait();
    onward.click();
    return true;
  };
  const byKey = (event) => {
    const alone = !event.ctrlKey && !event.altKey && !event.metaKey;
    if (event.altKey && !event.ctrlKey && !event.metaKey && !event.shiftKey) return byAlt(event);
    if (event.key === "k" && (event.ctrlKey || event.metaKey) && !event.altKey) {
      return Boolean(inMenu()) && (search(), true);
    }
    // A table that one types into takes a key before the field of its cell is there.
    if (event.target.closest?.('[class*="st-key-cg-table"]')) return false;
    if (event.key === "Enter" && alone && !event.shiftKey) return byEnter(event);
    if (!alone) return false;
    if (waiting() && (picking || !typingIn(event.target))) {
      if (event.key === "Backspace") return (ahead.text = ahead.text.slice(0, -1)), true;
      if (event.key.length === 1) return (ahead.text += event.key), true;
    }
    if (/^[a-z]$/i.test(event.key) && !event.repeat && !typingIn(event.target)) {
      return press(event.key.toLowerCase());
    }
    if (event.key === "/" && !typingIn(event.target) && inMenu()) return search(), true;
    return false;
  };
  document.addEventListener(
    "keydown",
    (event) => {
      if (!/^(Alt|Control|Meta|Shift|Enter)$/.test(event.key)) chord = null;
      if (event.isComposing || !event.key || !byKey(event)) return;
      event.preventDefault();
      event.stopImmediatePropagation();
    },
    true,
  );
  // Whatever minds a key has said so by now.
  window.addEventListener("keydown", (event) => {
    const { altKey, ctrlKey, metaKey, shiftKey, isComposing, defaultPrevented, key } = event;
    if (!altKey || ctrlKey || metaKey || shiftKey || isComposing || defaultPrevented) return;
    if (key?.length !== 1 || !/^[a-z0-9]$/.test(letter(event))) return;
    want(letter(event));
  });
  // A hand on the mouse waits for nothing that was typed.
  document.addEventListener("pointerdown", () => ([ahead.until, picking, chord] = [0, null]), true);
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.('[data-testid="stSidebarNavLink"]');
    if (link && link.pathname === location.pathname) done = "";
  });

  let due = false;
  const look = () => {
    due = false;
    pick();
    putCaret();
    if (wanted) press(wanted);
    minded();
  };
  new MutationObserver(() => {
    if (!due) due = Boolean(requestAnimationFrame(look));
  }).observe(document.documentElement, { subtree: true, childList: true });
})();
