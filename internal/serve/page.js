// What pages do by themselves where scripts run. Without them the form asks for a page, texts are
// copied by hand, and a page that is not whole yet is loaded again.
"use strict";

const form = document.getElementById("search");

// load returns a page as a document in which nothing runs.
async function load(url, signal) {
  const answer = await fetch(url, { signal, headers: { Accept: "text/html" } });
  if (!answer.ok) throw new Error(answer.statusText);
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}

// take has a part of the page be as it is in another.
function take(page, id) {
  const here = document.getElementById(id), there = page.getElementById(id);
  if (here && there) here.replaceChildren(...there.childNodes);
}

// Search as one types: on the page of all crates, which has the place for what is found.
if (document.getElementById("results")) {
  let asked = null, timer = 0;
  const search = () => {
    const query = new URLSearchParams(new FormData(form));
    for (const [name, value] of [...query]) if (!value) query.delete(name);
    const url = form.action.split("?")[0] + (query.size ? "?" + query : "");
    if (asked) asked.abort();
    asked = new AbortController();
    load(url, asked.signal).then((page) => {
      take(page, "results");
      take(page, "count");
      document.querySelector("h1").textContent = page.querySelector("h1").textContent;
      document.title = page.title;
      history.replaceState(null, "", url);
    }).catch(() => {}); // the next one comes, or the button does it
  };
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(search, 150);
  });
}

// A button for each text that is to be copied, where the browser allows that.
if (navigator.clipboard) {
  for (const text of document.querySelectorAll("[data-copy]")) {
    const button = document.createElement("button");
    const label = "Copy: " + text.getAttribute("aria-label");
    button.type = "button";
    button.textContent = label;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(text.textContent);
      button.textContent = "Copied";
      setTimeout(() => { button.textContent = label; }, 2000);
    });
    text.after(button);
  }
}

// Who depends on a crate may not be known yet: it is asked until it is.
async function complete() {
  const list = document.getElementById("dependents");
  for (let tries = 0; list && list.dataset.more && tries < 300; tries++) {
    await new Promise((done) => setTimeout(done, 500));
    const page = await load(location.href);
    take(page, "dependents");
    if (!page.getElementById("dependents").dataset.more) delete list.dataset.more;
  }
}
complete().catch(() => {});
