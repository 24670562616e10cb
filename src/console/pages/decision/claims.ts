/** Claims as rows: the path of each value with dots, and the value as text. */

export function flattenClaims(
  claims: Readonly<Record<string, unknown>>,
  prefix = '',
): readonly (readonly [string, string])[] {
  return Object.entries(claims).flatMap(([name, value]) => {
    const path = prefix === '' ? name : `${prefix}.${name}`
    if (isTree(value)) return flattenClaims(value, path)
    return [[path, typeof value === 'string' ? value : JSON.stringify(value)] as const]
  })
}

function isTree(value: unknown): value is Readonly<Record<string, unknown>> {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.keys(value).length > 0
  )
}
