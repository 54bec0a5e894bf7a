/** A status's colour as the workspace names it, in classes that hold in both lights. */
const dots: Readonly<Record<string, string>> = {
  violet: 'bg-violet-500',
  blue: 'bg-blue-500',
  amber: 'bg-amber-500',
  slate: 'bg-slate-400',
  green: 'bg-green-600',
  gray: 'bg-gray-400',
  red: 'bg-red-500',
  teal: 'bg-teal-500',
  pink: 'bg-pink-500',
};

export const statusColors = Object.keys(dots);

export function statusDot(color: string): string {
  return dots[color] ?? 'bg-gray-400';
}
