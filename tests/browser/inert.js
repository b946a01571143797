// What people wrote that did not stay text, as a list; an empty list is what is wanted.
() => {
    const faults = [];
    if (window.stolen) faults.push('a script ran: ' + window.stolen);
    const foreign = 'x-evil, iframe, img:not([src^="/c/"][src$="/small/"]):not(.qr[src^="/"][src$="/picture/"]):not(.qr[src^="/s/"][src$="/picture.svg"]):not(.map[src="map.svg"]), object, embed, base, meta[http-equiv], script:not([src]), [onerror], [onload], '
        + '[onclick], [onfocus], [onmouseover], [style], [hx-get]:not(.coming[hx-get^="/coming/"]):not(#work[hx-get="progress/"]), [srcdoc], a[href^="javascript:"], a[href^="https://evil"], '
        + 'form[action^="https://evil"]';
    document.querySelectorAll(foreign).forEach(part => faults.push('came out of a text: ' + part.outerHTML.slice(0, 120)));

    // Our own words stand outside of <bdi>, and on an English page they run from the left to the right, sign by sign.
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const range = document.createRange();
    while (texts.nextNode()) {
        const text = texts.currentNode, around = text.parentElement;
        // The names of other languages are written in their own direction.
        if (!text.data.trim() || /العربية|فارسی|اردو/.test(text.data)) continue;
        if (around.closest('bdi, [dir=auto], [lang]:not(html), textarea, select, title, svg')) continue;
        if (!around.getClientRects().length) continue;
        let last = null;
        for (let place = 0; place < text.data.length; place++) {
            range.setStart(text, place);
            range.setEnd(text, place + 1);
            const box = range.getClientRects()[0];
            if (!box || !box.width) continue;
            if (last && Math.abs(last.top - box.top) < 3 && box.left < last.left - .5) {
                faults.push('reads backwards: ' + text.data.trim().slice(0, 80));
                break;
            }
            last = box;
        }
    }
    return faults;
}
