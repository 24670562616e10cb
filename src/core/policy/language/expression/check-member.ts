/** Checks access to members: of claims, of the request, and of lists by index. */
import { type Scope, typeOf } from './check-scope.ts'
import { type Place, typeFaultAt } from './fault.ts'
import { REQUEST_MEMBERS } from './names.ts'
import type { SyntaxNode } from './syntax.ts'
import { DYN, describeType, JSON_VALUE, mayBe, type Type } from './types.ts'

/** The type of `holder.name`. `has` uses it too. */
export function checkMember(holder: SyntaxNode, name: string, at: Place, scope: Scope): Type {
  const type = typeOf(holder, scope)
  if (type.kind === 'request') return checkRequestMember(name, at)
  if (type.kind === 'dyn') return DYN
  if (mayBe(type, 'map')) return JSON_VALUE
  throw typeFaultAt(at, `${describeType(type)} has no members such as ${name}`)
}

function checkRequestMember(name: string, at: Place): Type {
  const type = Object.hasOwn(REQUEST_MEMBERS, name) ? REQUEST_MEMBERS[name] : undefined
  if (type !== undefined) return type
  const names = Object.keys(REQUEST_MEMBERS).join(', ')
  throw typeFaultAt(at, `request has no member ${name}`, `use one of ${names}`)
}

export function checkIndex(holder: SyntaxNode, key: SyntaxNode, at: Place, scope: Scope): Type {
  const type = typeOf(holder, scope)
  const keyType = typeOf(key, scope)
  if (type.kind === 'request') {
    if (key.op === 'literal' && typeof key.value === 'string')
      return checkRequestMember(key.value, at)
    throw typeFaultAt(at, 'request needs a literal member name', 'such as request.country')
  }
  if (type.kind === 'list' && mayBe(keyType, 'int')) return type.element
  // A number from a claim is a double; CEL takes one without a fraction.
  if (type.kind === 'list' && keyType.kind === 'json') return type.element
  if (type.kind === 'map' && mayBe(keyType, 'string')) return JSON_VALUE
  if (type.kind === 'json' || type.kind === 'dyn') return type
  throw typeFaultAt(at, `${describeType(keyType)} is not an index of ${describeType(type)}`)
}
