// What passes between the server and the widget.

export type Level = "none" | "concern" | "risk" | "imminent";

export interface Breathing {
  inhale: number;
  hold: number;
  exhale: number;
  rounds: number;
}

export interface ReplyData {
  card?: boolean;
  country?: string | null;
  urgent?: boolean;
  breathe?: Breathing;
  mirror?: boolean;
  section?: string;
  citation?: string;
  step?: number;
  steps?: number;
  rating?: [number, number];
  request?: "export" | "erase";
  journey?: boolean;
}

export interface Reply {
  id: string;
  text: string;
  buttons: string[];
  data: ReplyData;
}

export interface PastTurn {
  text: string;
  at: string;
  key: string | null;
  level: Level;
  replies: Reply[];
}

export interface History {
  turns: PastTurn[];
  level: Level;
  token: string;
}

export interface Outcome {
  level: Level;
  stored: boolean;
  token: string;
}

/** What was talked about and done, on one day or over all of them. */
interface Lived {
  themes: { name: string; count: number }[];
  heaviness: number[];
  felt: { technique: string; felt: string }[];
  steps: string[];
  techniques: string[];
}

export interface Day extends Lived {
  on: string;
}

export interface Journey extends Lived {
  kept_back: boolean;
  days: Day[];
}

export const FORMATS = ["markdown", "json"] as const;
export type Format = (typeof FORMATS)[number];
