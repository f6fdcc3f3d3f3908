// Decrypts the pages of the report here, in the reader's browser; nothing is sent anywhere or kept.
(() => {
  const sealed = JSON.parse(document.getElementById("sealed").textContent);
  const said = document.getElementById("said");
  const bytes = text => Uint8Array.from(atob(text), each => each.charCodeAt(0));
  let pages = null;
  const show = (file, anchor) => {
    const page = new DOMParser().parseFromString(pages[file], "text/html");
    const scripts = [...page.querySelectorAll("body > script")].map(each => { each.remove(); return each.textContent; });
    document.replaceChild(document.adoptNode(page.documentElement), document.documentElement);
    scripts.forEach(text => {
      const script = document.createElement("script");
      script.textContent = text;
      document.body.append(script);
    });
    const target = anchor && document.getElementById(decodeURIComponent(anchor));
    if (target && target.matches("details")) target.open = true;
    if (target) target.scrollIntoView(); else scrollTo(0, 0);
  };
  document.addEventListener("click", event => {
    const link = pages && event.target.closest && event.target.closest("a[href]");
    if (!link) return;
    const [file, anchor] = link.getAttribute("href").split("#");
    const name = decodeURIComponent(file);
    if (!name || !Object.hasOwn(pages, name)) return;
    event.preventDefault();
    history.pushState({ file: name }, "");
    show(name, anchor);
  });
  addEventListener("popstate", event => { if (pages && event.state) show(event.state.file); });
  document.getElementById("ask").addEventListener("submit", async event => {
    event.preventDefault();
    said.textContent = "";
    if (!globalThis.crypto?.subtle || !globalThis.DecompressionStream) { said.textContent = sealed.old; return; }
    try {
      const secret = new TextEncoder().encode(document.getElementById("passphrase").value);
      const material = await crypto.subtle.importKey("raw", secret, "PBKDF2", false, ["deriveKey"]);
      const how = { name: "PBKDF2", hash: "SHA-256", salt: bytes(sealed.salt), iterations: sealed.iterations };
      const key = await crypto.subtle.deriveKey(how, material, { name: "AES-GCM", length: 256 }, false, ["decrypt"]);
      const packed = await crypto.subtle.decrypt({ name: "AES-GCM", iv: bytes(sealed.nonce) }, key, bytes(sealed.sealed));
      const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
      pages = JSON.parse(await new Response(stream).text());
    } catch { said.textContent = sealed.wrong; return; }
    history.replaceState({ file: "index.html" }, "");
    show("index.html");
  });
})();
