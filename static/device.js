// What only some devices can: the camera reads a barcode, the page is printed, shared, copied.
// Such buttons are hidden in the markup and shown here where they work; without this file everything is typed.
(() => {
  const say = (words) => document.dispatchEvent(new CustomEvent("say", { detail: words }));

  const can = {
    "[data-print]": () => true,
    "[data-share]": () => Boolean(navigator.share),
    "[data-copy]": () => !navigator.share && Boolean(navigator.clipboard),
    "[data-scan]": async () => Boolean(navigator.mediaDevices?.getUserMedia && (await window.BarcodeDetector?.getSupportedFormats())?.length),
  };
  async function offer() {
    for (const [buttons, able] of Object.entries(can)) {
      const found = [...document.querySelectorAll(buttons)];
      if (found.length && (await able())) found.forEach((button) => (button.hidden = false));
    }
  }
  offer(), document.addEventListener("htmx:after:swap", offer);

  document.addEventListener("click", ({ target }) => {
    const button = target.closest?.("[data-print],[data-share],[data-copy],[data-scan]");
    if (!button) return;
    const { share, copy, scan, title } = button.dataset, words = (id) => document.getElementById(id).value;
    if (share !== undefined) navigator.share({ title, text: words(share) }).catch(() => {});
    else if (copy !== undefined) navigator.clipboard.writeText(words(copy)).then(() => say(button.dataset.sayDone));
    else if (scan !== undefined) read(button, document.getElementById(scan));
    else window.print();
  });

  async function read(button, input) {
    const picture = document.createElement("video"), sheet = document.createElement("dialog"), words = document.createElement("p");
    const close = Object.assign(document.createElement("button"), { type: "button", className: "btn wide", textContent: document.body.dataset.sayClose });
    const camera = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } }).catch(() => null);
    if (!camera) return say(button.dataset.sayNone);
    Object.assign(picture, { srcObject: camera, muted: true, playsInline: true, autoplay: true });
    words.textContent = button.dataset.sayHold, close.dataset.close = "", sheet.className = "drawer";
    sheet.append(words, picture, close), document.body.append(sheet), sheet.showModal();
    sheet.addEventListener("close", () => (camera.getTracks().forEach((track) => track.stop()), sheet.remove()));
    const reader = new BarcodeDetector();
    while (sheet.isConnected) {
      const [seen] = await reader.detect(picture).catch(() => []);
      if (seen && sheet.open) fill(input, seen.rawValue), sheet.close();
      await new Promise((next) => setTimeout(next, 150));
    }
  }

  function fill(input, value) {
    input.value = value, input.focus();
    input.dispatchEvent(new Event("input", { bubbles: true }));
  }
})();
