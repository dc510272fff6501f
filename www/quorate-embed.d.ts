/** What a figure shows, and which figure may be asked for. See docs/embedding.md. */

/** Details of the event `ready`: the scenario is on screen. */
export interface ReadyDetail {
  /** Title of the scenario, from its first comment. May be empty. */
  title: string;
}

/** Details of the event `state`: at most ten times a second while it plays, and on each step. */
export interface StateDetail {
  /** Where the playhead stands, in seconds of the cluster's time. */
  at: number;
  /** The end of the run, in seconds. */
  end: number;
  /** Number of the last event at or before the playhead. */
  event: number;
  /** Events of the run, as far as it is computed. */
  events: number;
  /** It moves by itself. */
  playing: boolean;
  /** What is happening now, in the language of the figure. */
  sentence: string;
}

/** Details of the event `violation`: the playhead stands on a check that is violated. */
export interface ViolationDetail {
  /** The property or expectation. */
  name: string;
  /** Why, in the language of the figure. */
  because: string;
  /** When it was violated first, in seconds. */
  at: number;
  /** By which event. */
  event: number;
}

/** Details of the event `refused`: a command or a scenario was not understood, and ignored. */
export interface RefusedDetail {
  /** Why, in the language of the figure. */
  says: string;
}

/** Events of a figure. All of them bubble. */
export interface QuorateSceneEventMap extends HTMLElementEventMap {
  ready: CustomEvent<ReadyDetail>;
  state: CustomEvent<StateDetail>;
  violation: CustomEvent<ViolationDetail>;
  refused: CustomEvent<RefusedDetail>;
}

/**
 * A live figure: `<quorate-scene>`.
 *
 * Attributes: `src`, `theme` (`light`, `dark`; the host's without it), `lang` (`en`, `zh`; the
 * host's without it), `autoplay`, `at` (`1.2s`), `height` (pixels), `views` (a list of `sentence`,
 * `scene`, `transport`, `open`, `text`), `title`, `sandbox`.
 */
export declare class QuorateScene extends HTMLElement {
  /** Plays. */
  play(): void;
  /** Pauses. */
  pause(): void;
  /** Goes to an instant: seconds, or a time such as `"1.2s"` or `"350ms"`. */
  seek(at: number | string): void;
  /** Shows another scenario, from its start. */
  load(text: string): void;

  addEventListener<K extends keyof QuorateSceneEventMap>(
    type: K,
    listener: (this: QuorateScene, event: QuorateSceneEventMap[K]) => unknown,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | AddEventListenerOptions,
  ): void;
}

/** Puts a figure in the place of every block of language `quorate` below `root`. */
export declare function upgrade(root?: ParentNode): void;

declare global {
  interface HTMLElementTagNameMap {
    "quorate-scene": QuorateScene;
  }
}
