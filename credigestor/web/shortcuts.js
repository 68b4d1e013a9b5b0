// A button whose container's key is `cg-typed-alt-n` is pressed by Alt+N once what is being typed
// was sent. Streamlit sends a live input's text when one pauses; by its own shortcut, pressed at
// once, the button would act on what was there before.
(() => {
  "use strict";

  const TYPED = 'input:is([type="text"], [type="search"], [type="tel"]), textarea';
  const SENT = 50; // ms: from the field that is left to its text on its way
  document.addEventListener(
    "keydown",
    (event) => {
      const { altKey, ctrlKey, metaKey, repeat, isComposing, target: field } = event;
      if (!altKey || ctrlKey || metaKey || repeat || isComposing || !field.matches?.(TYPED)) return;
      const letter = event.code.slice(-1).toLowerCase();
      const button = () => document.querySelector(`[class*="st-key-cg-typed-alt-${letter}"] button`);
      if (!/^[a-z0-9]$/.test(letter) || !button()) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      field.blur();
      setTimeout(() => button()?.click(), SENT);
    },
    true,
  );
})();
