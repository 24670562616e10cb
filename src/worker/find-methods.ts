/** Which methods a path has, for 405 answers. It is made from the table of endpoints. */
import { ENDPOINTS } from './endpoints.ts'

/** Returns the methods of a path. Undefined if there is no endpoint, or if it serves any method. */
export function findMethods(path: string): readonly string[] | undefined {
  const template = TEMPLATES.find(({ fits }) => fits.test(path))
  const tree = TREES.find((root) => path.startsWith(`${root}/`))
  return METHODS.get(path) ?? template?.methods ?? METHODS.get(tree ?? '')
}

const TREES = ENDPOINTS.flatMap(({ path, isTree }) => (isTree ? [path] : []))

const METHODS = listMethods()
/** The paths with a `{name}`. */
const TEMPLATES = [...METHODS]
  .filter(([path]) => path.includes('{'))
  .map(([path, methods]) => ({
    fits: new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+')}$`),
    methods,
  }))

function listMethods(): ReadonlyMap<string, readonly string[]> {
  const byPath = new Map<string, readonly string[]>()
  for (const { path, methods } of ENDPOINTS) {
    if (methods === 'any') continue
    const served = methods.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method]))
    byPath.set(path, [...(byPath.get(path) ?? []), ...served])
  }
  return byPath
}
