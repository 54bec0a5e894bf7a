/** How a line to type in looks, wherever one stands. */
export const inputClass = 'h-9 rounded-md border border-line bg-page px-3 aria-invalid:border-danger';
