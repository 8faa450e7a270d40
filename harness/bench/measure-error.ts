/** What cannot be measured, and why; it says nothing about other figures. */
export class MeasureError extends Error {
  override name = 'MeasureError'
}
