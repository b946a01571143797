// What is wrong with the page in the window, as a list of sentences; an empty list is a good page.
() => {
    const faults = [], all = selector => Array.from(document.querySelectorAll(selector));
    const visible = part => part.getClientRects().length > 0 && getComputedStyle(part).visibility !== 'hidden';
    const short = part => part.outerHTML.slice(0, 140);
    const labels = part => Array.from(part.labels || []).map(label => label.textContent).join(' ');
    const by = part => (part.getAttribute('aria-labelledby') || '').split(' ')
        .map(id => id && document.getElementById(id)).filter(Boolean).map(named => named.textContent).join(' ');
    const name = part => [part.getAttribute('aria-label'), by(part), labels(part), part.textContent].join(' ').trim();

    if (all('h1').length !== 1) faults.push(all('h1').length + ' headings of the first level');
    if (!document.title.trim() || all('main').length !== 1) faults.push('no title, or not one main part');
    const ids = all('[id]').map(part => part.id);
    ids.filter((id, place) => ids.indexOf(id) !== place).forEach(id => faults.push('two parts are called ' + id));

    for (const part of all('a[href], button, summary, select, textarea, input:not([type=hidden])').filter(visible)) {
        if (!name(part)) faults.push('without a name: ' + short(part));
        // A tick or a dot is pressed through its label; the whole card is its heading's link.
        const pressed = part.closest('label') || part.closest('.card h2, .card h3') && part.closest('.card') || part;
        const box = pressed.getBoundingClientRect();
        // The skip link waits above the window until it has focus; a link in a sentence is as high as its line.
        const around = part.parentElement;
        const inSentence = part.tagName === 'A' && getComputedStyle(part).display === 'inline'
            && around.textContent.trim().length > part.textContent.trim().length + 8;
        if (part.matches('.skip') || inSentence || part.closest('svg')) continue;
        const least = part.matches('.button, .nav a, .act, .chip, .choice') ? 44 : 24;
        if (box.height < least - .5 || box.width < least - .5) {
            faults.push(Math.round(box.width) + ' by ' + Math.round(box.height) + ' px: ' + short(part));
        }
    }
    return faults;
}
