// What a page needs beyond htmx: the search box, polling that ends, toasts for failed requests, one tap one submit.
// Markup asks for it by data- attributes; without this file every form and link still works.
(() => {
  const POLL_TICK = 1000, POLL_FOR = 300, LOCK_FOR = 8000, TOAST_FOR = 8000;
  const LATIN = /^[a-zü' ]*$/i;
  const send = (target, name) => target.dispatchEvent(new CustomEvent(name, { bubbles: true }));

  // Toasts: the words come translated on <body>.
  function toast(text) {
    const region = document.getElementById("toasts");
    if (!text || !region || region.textContent.includes(text)) return;
    const box = document.createElement("div"), words = document.createElement("span"), button = document.createElement("button");
    box.className = "toast";
    words.textContent = text;
    Object.assign(button, { type: "button", className: "btn bare", textContent: document.body.dataset.sayClose });
    button.dataset.close = "";
    box.append(words, button), region.append(box);
    setTimeout(() => box.remove(), TOAST_FOR);
  }

  document.addEventListener("say", ({ detail }) => toast(detail));

  const failureWords = (status, say) => ({ 401: say.saySignIn, 403: say.sayNotAllowed })[status] ?? (status >= 500 ? say.sayBroken : "");
  document.addEventListener("htmx:response:error", ({ detail: { ctx } }) => {
    failed(ctx.sourceElement);
    if (!ctx.hx?.redirect) toast(failureWords(ctx.response.status, document.body.dataset));
  });
  document.addEventListener("htmx:error", ({ detail: { ctx } }) => {
    failed(ctx?.sourceElement);
    if (ctx) toast(document.body.dataset.sayOffline);
  });
  window.addEventListener("offline", () => toast(document.body.dataset.sayOffline));

  document.addEventListener("htmx:config:request", ({ detail: { ctx } }) => {
    const token = document.querySelector("meta[name=csrf-token]")?.content;
    if (token && ctx.request.method !== "GET") ctx.request.headers["X-CSRFToken"] = token;
  });

  // Typing: "q" means there is something to ask. Latin letters inside a composition are pinyin and may search already.
  const state = new WeakMap(); // search input -> "asking", "open" (Enter waits for the answer), "failed", or nothing
  function ask(input) {
    const typed = input.value.trim();
    if (input.dataset.asked === typed || typed.length < Number(input.dataset.qMin ?? 0)) return;
    input.dataset.asked = typed;
    state.set(input, "asking");
    send(input, "q");
  }

  function failed(input) {
    if (state.has(input)) state.set(input, "failed"), delete input.dataset.asked;
  }

  document.addEventListener("input", (event) => {
    const input = event.target;
    if (input.matches("[data-q]") && (!event.isComposing || LATIN.test(event.data ?? ""))) ask(input);
  });
  document.addEventListener("compositionend", ({ target }) => target.matches("[data-q]") && ask(target));

  // Results: arrows move, Enter opens. Enter before the answer is there waits for it: it never opens an old row.
  const options = (input) => [...document.querySelectorAll(`#${input.getAttribute("aria-controls")} [role=option]`)];
  const activeOf = (input) => document.getElementById(input.getAttribute("aria-activedescendant"));

  function point(input, option) {
    options(input).forEach((one) => one.setAttribute("aria-selected", String(one === option)));
    input.setAttribute("aria-activedescendant", option?.id ?? "");
    option?.scrollIntoView({ block: "nearest" });
  }

  function move(input, step) {
    const rows = options(input), at = rows.indexOf(activeOf(input));
    if (rows.length) point(input, rows[at < 0 ? (step > 0 ? 0 : rows.length - 1) : (at + step + rows.length) % rows.length]);
  }

  function open(input) {
    const row = activeOf(input) ?? options(input)[0];
    return row?.click(), row;
  }

  function clear(input) {
    input.value = "";
    point(input, null);
    ask(input);
    input.focus();
  }

  document.addEventListener("keydown", (event) => {
    const input = event.target;
    if (!input.matches?.("[data-search]") || event.isComposing || event.keyCode === 229) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") move(input, event.key === "ArrowDown" ? 1 : -1);
    else if (event.key === "Escape" && input.value) clear(input);
    else if (event.key === "Enter" && ["asking", "open"].includes(state.get(input))) state.set(input, "open");
    else if (event.key !== "Enter" || state.get(input) === "failed" || !input.value.trim() || !open(input)) return;
    event.preventDefault();
  });

  document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
    const input = ctx.sourceElement;
    if (!input?.matches?.("[data-search]") || ctx.swap === "none") return;
    const answered = document.querySelector(`[data-answers="${input.name}"]`)?.dataset.typed?.trim();
    point(input, null);
    input.setAttribute("aria-expanded", String(options(input).length > 0));
    if (answered !== input.value.trim()) return;
    if (state.get(input) === "open") open(input);
    state.delete(input);
  });

  // Polling: the page asks only while someone looks, and not for ever. The start is kept by id: answers replace the element.
  const started = new Map(), asked = new Map();
  setInterval(() => {
    if (!document.hidden) document.querySelectorAll("[data-poll][id]").forEach(poll);
  }, POLL_TICK);

  function poll(element) {
    const { id, dataset } = element, now = Date.now(), most = Number(dataset.pollFor ?? POLL_FOR) * 1000;
    if (!started.has(id)) started.set(id, now), asked.set(id, now);
    if (most && now - started.get(id) > most) return element.classList.add("poll-over");
    if (now - asked.get(id) < Number(dataset.poll) * 1000) return;
    asked.set(id, now);
    send(element, "poll");
  }

  // One tap, one submit: a second tap is swallowed until the answer or the way back. The server's key is the truth.
  const unlock = (form) => form.removeAttribute("data-sent");
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post") return;
    if (form.hasAttribute("data-sent")) return event.preventDefault(), event.stopImmediatePropagation();
    form.setAttribute("data-sent", "");
    setTimeout(unlock, LOCK_FOR, form);
  }, true);
  document.addEventListener("htmx:finally:request", ({ detail: { ctx } }) => ctx.sourceElement.matches?.("form") && unlock(ctx.sourceElement));
  window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach(unlock));

  // Small presses: clear the search, show the password, open and close a drawer or a toast.
  document.addEventListener("click", ({ target }) => {
    const button = target.closest?.("[data-clear],[data-reveal],[data-drawer],[data-close]");
    if (!button) return;
    const { clear: emptied, reveal, drawer } = button.dataset;
    if (emptied !== undefined) clear(document.getElementById(emptied));
    else if (reveal !== undefined) show(button, document.getElementById(reveal));
    else if (drawer !== undefined) document.getElementById(drawer).showModal();
    else button.closest(".toast")?.remove(), button.closest("dialog")?.close();
  });

  function show(button, input) {
    input.type = button.checked ? "text" : "password";
    button.parentElement.querySelectorAll("svg").forEach((icon) => icon.toggleAttribute("hidden"));
  }
})();
