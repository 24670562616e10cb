/** Values of a document that depend on its other parts: names of issuers, claims, resources and scopes. */
import type { Document } from 'yaml'
import { findProvider, findReference, listProviders } from '../../../../analysis/index.ts'
import type { ProviderProfile } from '../../../../core/providers/profile.ts'
import { describeClaim } from '../../../../core/providers/references.ts'
import { namesAt, textAt, textsAt } from './cursor.ts'

/** A word for a place in the document, and what it means. */
export type Named = { readonly name: string; readonly about: string }

type Path = readonly (string | number)[]
type Find = (document: Document, path: Path) => readonly Named[]

const OWN_TOKENS: Named = { name: 'self', about: 'Tokens of this gateway' }

/** The names of members that a schema does not list, by the path of their object. */
const KEYS: readonly (readonly [RegExp, Find])[] = [
  [/^rules\/\d+\/when$/, (document, path) => claimsOf(document, path)],
  [/^rules\/\d+\/acting_as\/when$/, (document, path) => claimsOf(document, path)],
]

/** The values that a schema does not list, by their path. */
const VALUES: readonly (readonly [RegExp, Find])[] = [
  [/^issuers\/[^/]+\/provider$/, () => providers()],
  [/^rules\/\d+\/(?:acting_as\/)?from$/, (document) => [...issuers(document), OWN_TOKENS]],
  [/^rules\/\d+\/grant\/resource$/, (document) => resources(document)],
  [/^rules\/\d+\/grant\/scopes(?:\/\d+)?$/, (document, path) => scopesOf(document, path)],
  [
    /^rules\/\d+\/(?:acting_as\/)?when\/[^/]+(?:\/\d+|\/not(?:\/\d+)?)?$/,
    (document, path) => valuesOf(document, path),
  ],
]

export function findNamedKeys(document: Document, path: Path): readonly Named[] {
  return find(KEYS, document, path)
}

export function findNamedValues(document: Document, path: Path): readonly Named[] {
  return find(VALUES, document, path)
}

function find(table: typeof KEYS, document: Document, path: Path): readonly Named[] {
  // A claim or a URI with a slash is still one step.
  const place = path.map((step) => String(step).replaceAll('/', '|')).join('/')
  return table.find(([pattern]) => pattern.test(place))?.[1](document, path) ?? []
}

function providers(): readonly Named[] {
  return listProviders().map((name) => ({ name, about: findProvider(name)?.name ?? '' }))
}

function issuers(document: Document): readonly Named[] {
  return namesAt(document, ['issuers']).map((name) => ({
    name,
    about: textAt(document, ['issuers', name, 'provider']) ?? '',
  }))
}

function resources(document: Document): readonly Named[] {
  return namesAt(document, ['resources']).map((name) => ({
    name,
    about: textsAt(document, ['resources', name, 'scopes']).join(' '),
  }))
}

/** The scopes of the resource of the grant, without those that the grant has. */
function scopesOf(document: Document, [, rule = 0]: Path): readonly Named[] {
  const grant = ['rules', rule, 'grant']
  const asked = textAt(document, [...grant, 'resource'])
  const uris = asked === undefined ? namesAt(document, ['resources']) : [asked]
  const granted = new Set(textsAt(document, [...grant, 'scopes']))
  return uris.flatMap((uri) =>
    textsAt(document, ['resources', uri, 'scopes'])
      .filter((name) => !granted.has(name))
      .map((name) => ({ name, about: uri })),
  )
}

/** The provider of the issuer that the conditions at a path are about. */
function providerAt(document: Document, path: Path): ProviderProfile | undefined {
  const holder = path.slice(0, path.indexOf('when'))
  const from = textAt(document, [...holder, 'from'])
  const id = from && textAt(document, ['issuers', from, 'provider'])
  return id === undefined
    ? undefined
    : findProvider(id, textAt(document, ['issuers', from ?? '', 'issuer']))
}

function claimsOf(document: Document, path: Path): readonly Named[] {
  const provider = providerAt(document, path)
  return (provider?.claims ?? []).map(({ path: claim }) => ({
    name: claim.join('.'),
    about: describeClaim(provider?.id ?? '', claim),
  }))
}

/** The values that the platform gives a claim, if it defines them. */
function valuesOf(document: Document, path: Path): readonly Named[] {
  const provider = providerAt(document, path)
  const claim = String(path[path.indexOf('when') + 1])
  const shapes = provider && findReference(provider.id)?.shapes
  const shape = shapes && Object.hasOwn(shapes, claim) ? shapes[claim] : undefined
  if (shape?.kind === 'one_of') return shape.values.map((name) => ({ name, about: '' }))
  if (shape?.kind === 'starts') return shape.starts.map((name) => ({ name, about: shape.is }))
  return []
}
