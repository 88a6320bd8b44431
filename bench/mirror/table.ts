// A page of one large table, 13 nodes a row: what makes mirrors slow.

/** Rows as HTML. */
export function tableRows(rows: number, from = 0): string {
  return Array.from({ length: rows }, (_, index) => {
    const number = from + index;
    return `<tr class="row" id="row${number}"><td>${number}</td><td><b>name of ${number}</b></td><td><i class="kind">kind</i></td><td>price ${(number * 7) % 1000}</td></tr>`;
  }).join('');
}

/** The same as a whole page. `display`: `none` keeps the browser's layout out of what is timed. */
export function tablePage(rows: number, display = 'table'): string {
  return `<!doctype html><html><head><title>Table</title></head><body><h1>Table</h1><table style="display:${display}"><tbody>${tableRows(rows)}</tbody></table></body></html>`;
}
