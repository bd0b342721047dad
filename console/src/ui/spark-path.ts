/** The line through `values`, from 0 at the foot to the largest at the top. */
export function sparkPath(values: readonly number[], width: number, height: number): string {
  const most = Math.max(1e-9, ...values);
  const step = values.length > 1 ? width / (values.length - 1) : 0;
  const room = height - 2;
  const points = values.map((value, index) => {
    const x = Math.round(index * step * 10) / 10;
    const y = Math.round((1 + room * (1 - value / most)) * 10) / 10;
    return `${x} ${y}`;
  });
  return points.length > 0 ? `M${points.join('L')}` : '';
}
