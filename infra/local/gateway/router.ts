/** A route key of an HTTP API split up: `GET /v1/{object}/{id}`, `ANY /files/{path+}` or `$default`. */
export type RouteMatch<Target> = {
  routeKey: string
  target: Target
  pathParameters: Record<string, string> | undefined
}

/** Finds the route for a method and the still encoded path; undefined when nothing fits, not even `$default`. */
export type Router<Target> = (method: string, path: string) => RouteMatch<Target> | undefined

type Route<Target> = { routeKey: string; target: Target; parameters: string[] }
type Node<Target> = {
  literals: Map<string, Node<Target>>
  variable: Node<Target> | undefined
  /** Routes ending here, by method or ANY. */
  routes: Map<string, Route<Target>>
  /** Routes ending in a greedy variable that starts here, by method or ANY. */
  greedy: Map<string, Route<Target>>
}
type Search = { method: string; segments: string[]; values: string[]; allowsGreedy: boolean }

/**
 * Makes a router with API Gateway's selection: a full match before a greedy one before `$default`; at each segment a
 * literal before a variable; the method before ANY. Throws a URIError for a path that is not valid percent-encoding.
 */
export function createRouter<Target>(routes: ReadonlyArray<{ routeKey: string; target: Target }>): Router<Target> {
  const root = emptyNode<Target>()
  const fallback = routes.find(({ routeKey }) => routeKey === '$default')
  for (const { routeKey, target } of routes) insert(root, routeKey, target)
  return (method, path) => {
    const segments = path.split('/').slice(1)
    for (const allowsGreedy of [false, true]) {
      const search: Search = { method, segments, values: [], allowsGreedy }
      const route = find(root, search, 0)
      if (route) return { routeKey: route.routeKey, target: route.target, pathParameters: nameValues(route, search) }
    }
    return fallback && { routeKey: '$default', target: fallback.target, pathParameters: undefined }
  }
}

function insert<Target>(root: Node<Target>, routeKey: string, target: Target): void {
  const [method = '', path] = routeKey.split(' ')
  if (path === undefined) return
  const route: Route<Target> = { routeKey, target, parameters: [] }
  let node = root
  for (const segment of path.split('/').slice(1)) {
    const name = /^\{([^}+]+)\+?\}$/.exec(segment)?.[1]
    if (name !== undefined) route.parameters.push(name)
    if (segment.endsWith('+}')) {
      node.greedy.set(method, route)
      return
    }
    node = name === undefined ? literalChild(node, segment) : variableChild(node)
  }
  node.routes.set(method, route)
}

function find<Target>(node: Node<Target>, search: Search, index: number): Route<Target> | undefined {
  const segment = search.segments[index]
  if (segment === undefined) return ofMethod(node.routes, search.method)
  const literal = node.literals.get(segment)
  const exact = literal && find(literal, search, index + 1)
  if (exact) return exact
  const bound = segment !== '' && node.variable ? findBound(node.variable, search, index) : undefined
  if (bound) return bound
  const greedy = search.allowsGreedy ? ofMethod(node.greedy, search.method) : undefined
  if (greedy) search.values.push(search.segments.slice(index).join('/'))
  return greedy
}

function findBound<Target>(node: Node<Target>, search: Search, index: number): Route<Target> | undefined {
  const depth = search.values.length
  search.values.push(search.segments[index] ?? '')
  const route = find(node, search, index + 1)
  if (!route) search.values.length = depth
  return route
}

function ofMethod<Target>(routes: Map<string, Route<Target>>, method: string): Route<Target> | undefined {
  return routes.get(method) ?? routes.get('ANY')
}

function nameValues<Target>(route: Route<Target>, { values }: Search): Record<string, string> | undefined {
  if (route.parameters.length === 0) return undefined
  return Object.fromEntries(route.parameters.map((name, index) => [name, decodeURIComponent(values[index] ?? '')]))
}

function literalChild<Target>(node: Node<Target>, segment: string): Node<Target> {
  const child = node.literals.get(segment) ?? emptyNode<Target>()
  node.literals.set(segment, child)
  return child
}

function variableChild<Target>(node: Node<Target>): Node<Target> {
  node.variable ??= emptyNode<Target>()
  return node.variable
}

function emptyNode<Target>(): Node<Target> {
  return { literals: new Map(), variable: undefined, routes: new Map(), greedy: new Map() }
}
