/** A path in a document or a request as text, such as `rules[0].when.ref`. */
import type { DocumentPath } from '../../contract/admin.ts'

export function writePath(path: DocumentPath): string {
  return path
    .map((step, index) => {
      if (typeof step === 'number') return `[${step}]`
      return index === 0 ? step : `.${step}`
    })
    .join('')
}
