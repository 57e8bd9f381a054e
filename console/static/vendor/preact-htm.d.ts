// The parts of Preact with hooks and htm that we use, as the vendored preact-htm.js exports them; written by us.

/** A piece of a page, as `html` makes it. */
export interface VNode { type: unknown; props: object }

/** A value in a template: text, a list, an object, a component, or a handler of an event. */
type Value = ((...given: any[]) => any) | {} | null | undefined;

/** Makes a piece of a page; several top elements give a list, none gives nothing. */
export function html(strings: TemplateStringsArray, ...values: Value[]): any;
export function render(node: VNode, parent: Element): void;

export interface Ref<T> { current: T }

export function useState<T>(initial: T | (() => T)): [T, (next: T | ((before: T) => T)) => void];
export function useRef<T>(initial: T): Ref<T>;
export function useEffect(effect: () => any, inputs?: readonly unknown[]): void;
export function useLayoutEffect(effect: () => any, inputs?: readonly unknown[]): void;
export function useMemo<T>(make: () => T, inputs?: readonly unknown[]): T;
export function useCallback<T>(callback: T, inputs?: readonly unknown[]): T;
