// Tells the kernel what was clicked in a view of an explorer: a customer's id, and what the mark (its words on hovering)
// or the row (its first cell) is called. One listener a document, set by the style sheet that every explorer brings.
if (!window.wbClicks) {
  window.wbClicks = true;
  const tell = event => {
    if (event.type === 'keydown' && event.key !== 'Enter') return;
    const view = event.target.closest?.('.wb-explorer .wb-view');
    const box = view?.closest('.wb-explorer').querySelector('.wb-clicked input');
    if (!box) return;
    const row = event.target.closest('tbody tr');
    const who = event.target.closest('[data-customer]') ?? row?.querySelector('[data-customer]');
    let said = row?.cells[0].textContent ?? '';
    for (let mark = event.target; !said && mark !== view && mark.tagName !== 'svg'; mark = mark.parentNode)
      said = mark.querySelector(':scope > title')?.textContent ?? '';
    if (!who && !said) return;
    box.value = JSON.stringify([who?.dataset.customer ?? '', said.trim(), Date.now()]);
    box.dispatchEvent(new Event('input', {bubbles: true}));
  };
  document.addEventListener('click', tell);
  document.addEventListener('keydown', tell);
}
