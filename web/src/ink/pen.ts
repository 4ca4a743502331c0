/**
 * What pointers mean on paper: pointer events in, commands out. No DOM, no clock: times come with the events.
 *
 * What devices send, and what it means here:
 *
 * | device           | sends                                                   | means                                |
 * |------------------|---------------------------------------------------------|--------------------------------------|
 * | mouse            | button 0, pressure always 0.5                           | draws, without pressure              |
 * | tablet as mouse  | type "mouse" with real pressure (Firefox on Linux)      | draws, with pressure                 |
 * | other buttons    | button 1 to 4: middle, right, barrel of a pen           | nothing                              |
 * | pen              | hover moves, then contact with pressure                 | always draws; fingers near it do not |
 * | eraser of a pen  | button 5, or buttons 32 alone                           | erases                               |
 * | finger           | a narrow contact                                        | draws, unless it swipes or only taps |
 * | palm             | a contact wider than PALM, at once or later             | nothing; what it drew is discarded   |
 * | two fingers      | a second contact soon after the first                   | move and zoom the paper              |
 * | swipe            | a finger's first movement, long, straight and vertical  | scrolls the page                     |
 *
 * Ends of a contact come as "up", or "cancel" (the browser or the system took the pointer), or only as "lost"
 * (capture ended), or not at all: then a move without the button, the same id again (also of another device), or a new
 * primary contact of the same device shows that the old one is gone.
 */

import { evenTimes, FLING_MS, type Sample, speedOf, spreadOf } from "./samples.ts";

export type Device = "mouse" | "pen" | "touch";

export interface PenEvent {
  /** "lost": capture ended; "leave": the pointer left the paper, or a pen its range. */
  readonly type: "down" | "move" | "up" | "cancel" | "lost" | "leave";
  readonly id: number;
  readonly device: Device;
  /** Whether it is the first contact of its device: then there is no other. */
  readonly primary: boolean;
  readonly button: number;
  readonly buttons: number;
  /** Size of the contact, client pixels. */
  readonly width: number;
  readonly height: number;
  /** At least one; the last is the event's own. */
  readonly samples: readonly Sample[];
}

/** As a sample; pressure is null where the device has none. */
export interface PenPoint extends Omit<Sample, "pressure"> {
  readonly pressure: number | null;
}

export type PenCommand =
  | { readonly do: "begin"; readonly point: PenPoint }
  | { readonly do: "draw"; readonly points: readonly PenPoint[] }
  | { readonly do: "end" }
  /** The stroke being drawn, or else the one drawn last, was not meant as ink. */
  | { readonly do: "discard" }
  /** first: a new gesture begins. */
  | { readonly do: "erase"; readonly points: readonly PenPoint[]; readonly first: boolean }
  | { readonly do: "pan"; readonly dx: number; readonly dy: number }
  | { readonly do: "zoom"; readonly x: number; readonly y: number; readonly factor: number }
  /** The page follows a finger, then goes on at a speed (pixels a millisecond). */
  | { readonly do: "scroll"; readonly dy: number }
  | { readonly do: "fling"; readonly speed: number };

/** A contact this wide (client pixels) is a palm. */
const PALM = 60;
/** So long after a pen was last seen, touch is the hand that holds it. */
const PEN_HOLDS_MS = 2000;
/** A hovering pen that has sent nothing for so long is gone, although it never left. */
const PEN_FORGOTTEN_MS = 10_000;
/** What touch drew so shortly before a pen came was the hand that holds it. */
const BEFORE_PEN_MS = 500;
/** A contact of another device that has sent nothing for so long has lost its end. */
const SILENT_MS = 1000;
/** A finger that has drawn for so long and so far is writing: no second contact and no pressing hard ends it. */
const SETTLED_MS = 400;
const SETTLED_PX = 40;
/** A finger that moves less (client pixels) only taps. */
const TAP_PX = 6;
/** A tap is a dot where a finger has just written, or where another contact follows so soon. */
const WROTE_MS = 15_000;
const TAP_FOLLOWED_MS = 600;
/** A finger's first movement so far (client pixels), this straight and this steep, scrolls the page. */
const SWIPE_PX = 96;
const SWIPE_BENT = 1.1;
const SWIPE_SLOPE = 0.3;
/** Two fingers zoom once their distance has changed by this factor; until then they only move the paper. */
const PINCH = 1.2;

const LEFT = 0;
const ERASER = 5;
/** The pressure that a mouse reports. */
const NO_PRESSURE = 0.5;

interface Contact {
  readonly id: number;
  readonly device: Device;
  role: "write" | "erase" | "pan" | "scroll" | "ignore";
  readonly began: Sample;
  last: Sample;
  /** Length of its path so far. */
  way: number;
  /** The bit of `buttons` that is held; 0 where the device did not say. */
  readonly held: number;
  /** Whether it may still turn out to be a swipe. */
  undecided: boolean;
  /** Whether a mouse has shown that it has pressure. */
  presses: boolean;
  /** A swipe's latest samples. */
  trail: Sample[];
}

export class Pens {
  readonly #contacts = new Map<number, Contact>();
  #penIsNear = false;
  #penSeen = Number.NEGATIVE_INFINITY;
  /** When a finger last finished a stroke. */
  #fingerWrote = Number.NEGATIVE_INFINITY;
  /** A tap that becomes a dot if another contact follows soon. */
  #tap: { readonly from: PenPoint; readonly to: PenPoint; readonly time: number } | null = null;
  /** Whether the stroke being drawn made that tap a dot: then both go, if the stroke does. */
  #tapWithIt = false;
  /** The fingers' distance when they began to move, and whether they zoom by now. */
  #pinch: { spread: number; zooms: boolean } | null = null;
  #out: PenCommand[] = [];

  /** The commands that an event leads to. */
  react(event: PenEvent): PenCommand[] {
    this.#out = [];
    const known = this.#contacts.get(event.id);
    const samples = evenTimes(event.samples, known?.last.time);
    const now = samples.at(-1)!.time;
    if (event.device === "pen") this.#seePen(event.type, now);
    if (event.type === "down") this.#down(event, samples[0]!);
    else if (known !== undefined && known.device !== event.device) this.#finish(known, known.last.time);
    else if (known !== undefined) this.#known(event, known, samples);
    return this.#out;
  }

  /** Whether a contact does something here. */
  takes(id: number): boolean {
    const role = this.#contacts.get(id)?.role;
    return role !== undefined && role !== "ignore";
  }

  #seePen(type: PenEvent["type"], now: number): void {
    const wasHere = this.#penHolds(now);
    this.#penSeen = now;
    // A pen that still hovers when it is up says so by its next move.
    this.#penIsNear = type === "down" || type === "move";
    for (const touch of this.#all("touch")) this.#ignore(touch);
    // The hand came down, drew and left before its pen came.
    if (!wasHere && now - this.#fingerWrote < BEFORE_PEN_MS) {
      this.#out.push({ do: "discard" });
      this.#fingerWrote = Number.NEGATIVE_INFINITY;
    }
  }

  #penHolds(now: number): boolean {
    return now - this.#penSeen < (this.#penIsNear ? PEN_FORGOTTEN_MS : PEN_HOLDS_MS);
  }

  #down(event: PenEvent, at: Sample): void {
    for (const contact of this.#contacts.values()) {
      const gone = contact.id === event.id || (event.primary && contact.device === event.device);
      if (gone) this.#finish(contact, at.time);
    }
    const contact: Contact = {
      id: event.id,
      device: event.device,
      role: event.device === "touch" ? this.#touchRole(event, at) : this.#penRole(event, at),
      began: at,
      last: at,
      way: 0,
      held: isEraser(event) ? event.buttons & 32 : event.buttons & 1,
      undecided: event.device === "touch",
      presses: false,
      trail: [],
    };
    this.#contacts.set(event.id, contact);
    if (contact.role === "write") this.#begin(contact, at);
    if (contact.role === "erase") {
      this.#out.push({ do: "erase", points: [this.#point(contact, at)], first: true });
    }
  }

  #touchRole(event: PenEvent, at: Sample): Contact["role"] {
    if (isPalm(event) || this.#penHolds(at.time)) return "ignore";
    const fingers = this.#all("touch").filter(({ role }) => role !== "ignore");
    if (fingers.length === 0) return this.#free(at.time) ? "write" : "ignore";
    const writer = fingers.find(({ role }) => role === "write");
    if (writer !== undefined) {
      if (isSettled(writer)) return "ignore";
      this.#discard();
    }
    for (const finger of fingers) finger.role = "pan";
    this.#pinch = null;
    return "pan";
  }

  #penRole(event: PenEvent, at: Sample): Contact["role"] {
    const { device, button } = event;
    const role = isEraser(event) ? "erase" : button === LEFT ? "write" : "ignore";
    if (role === "ignore") return role;
    if (device === "pen") for (const mouse of this.#all("mouse")) this.#finish(mouse, at.time);
    return this.#free(at.time) ? role : "ignore";
  }

  /** Whether nothing else writes; what is silent for too long has lost its end. */
  #free(now: number): boolean {
    for (const contact of this.#contacts.values()) {
      if (contact.role === "ignore") continue;
      if (now - contact.last.time < SILENT_MS) return false;
      this.#finish(contact, now);
    }
    return true;
  }

  #known(event: PenEvent, contact: Contact, samples: readonly Sample[]): void {
    const now = samples.at(-1)!;
    if (event.type === "leave") return;
    if (event.type === "cancel") this.#cancel(contact);
    else if (event.type === "lost") this.#finish(contact, now.time);
    else if (event.type === "up") {
      this.#move(contact, [{ ...now, pressure: now.pressure || contact.last.pressure }]);
      this.#finish(contact, now.time);
    } else if (contact.held !== 0 && (event.buttons & contact.held) === 0) this.#finish(contact, now.time);
    else if (contact.device === "touch" && isPalm(event) && !isSettled(contact)) this.#ignore(contact);
    // The tip comes down while another button is held: browsers call that a move.
    else if (contact.role === "ignore" && contact.device !== "touch" && event.button === LEFT) {
      this.#down({ ...event, type: "down" }, now);
    } else this.#move(contact, samples);
  }

  #move(contact: Contact, samples: readonly Sample[]): void {
    const before = contact.last;
    const now = samples.at(-1)!;
    if (contact.role === "pan") this.#pan(contact, now);
    for (const sample of samples) {
      contact.way += Math.hypot(sample.x - contact.last.x, sample.y - contact.last.y);
      contact.last = sample;
    }
    if (contact.role === "write" && contact.undecided) this.#decide(contact);
    if (contact.role === "write") {
      this.#out.push({ do: "draw", points: samples.map((sample) => this.#point(contact, sample)) });
    } else if (contact.role === "erase") {
      const points = samples.map((sample) => this.#point(contact, sample));
      this.#out.push({ do: "erase", points, first: false });
    } else if (contact.role === "scroll") {
      const from = contact.trail.length === 0 ? contact.began : before;
      this.#out.push({ do: "scroll", dy: now.y - from.y });
      // The end of a contact comes from where it was.
      if (now.y !== before.y)
        contact.trail = [...contact.trail.filter(({ time }) => now.time - time < FLING_MS), now];
    }
  }

  /** A finger that has gone far enough either swipes or writes. */
  #decide(contact: Contact): void {
    const { began, last, way } = contact;
    const [dx, dy] = [Math.abs(last.x - began.x), Math.abs(last.y - began.y)];
    if (way < SWIPE_PX) return;
    contact.undecided = false;
    if (way > SWIPE_BENT * Math.hypot(dx, dy) || dx > SWIPE_SLOPE * dy) return;
    this.#discard();
    this.#fingerWrote = Number.NEGATIVE_INFINITY;
    contact.role = "scroll";
  }

  #pan(contact: Contact, now: Sample): void {
    const fingers = this.#all("touch").filter(({ role }) => role === "pan");
    if (fingers.length < 2) return;
    const before = spreadOf(fingers.map(({ last }) => last));
    const after = spreadOf(fingers.map((finger) => (finger === contact ? now : finger.last)));
    // Each finger moves the paper by its share.
    const [dx, dy] = [after.x - before.x, after.y - before.y];
    if (dx !== 0 || dy !== 0) this.#out.push({ do: "pan", dx, dy });
    this.#pinch ??= { spread: before.spread, zooms: false };
    const all = after.spread / Math.max(this.#pinch.spread, 1);
    this.#pinch.zooms ||= Math.max(all, 1 / Math.max(all, 1e-3)) > PINCH;
    if (!this.#pinch.zooms || before.spread < 1 || after.spread < 1) return;
    this.#out.push({ do: "zoom", x: after.x, y: after.y, factor: after.spread / before.spread });
  }

  #begin(contact: Contact, at: Sample): void {
    const tap = this.#tap;
    this.#tap = null;
    this.#tapWithIt = contact.device === "touch" && tap !== null && at.time - tap.time < TAP_FOLLOWED_MS;
    if (tap !== null && this.#tapWithIt) {
      this.#out.push({ do: "begin", point: tap.from }, { do: "draw", points: [tap.to] }, { do: "end" });
    }
    this.#out.push({ do: "begin", point: this.#point(contact, at) });
  }

  /** The contact is over, as its owner meant it. */
  #finish(contact: Contact, now: number): void {
    this.#forget(contact);
    if (contact.role === "scroll") this.#out.push({ do: "fling", speed: speedOf(contact.trail, now) });
    if (contact.role !== "write") return;
    if (contact.device === "touch" && contact.way < TAP_PX) this.#finishTap(contact, now);
    else this.#end(contact, now);
  }

  #finishTap(contact: Contact, now: number): void {
    if (this.#tapWithIt || now - this.#fingerWrote < WROTE_MS) {
      this.#end(contact, now);
      return;
    }
    this.#discard();
    const from = this.#point(contact, contact.began);
    this.#tap = { from, to: this.#point(contact, contact.last), time: now };
  }

  #end(contact: Contact, now: number): void {
    this.#tapWithIt = false;
    if (contact.device === "touch") this.#fingerWrote = now;
    this.#out.push({ do: "end" });
  }

  /** The browser or the system took the pointer. A pen's ink is ink all the same. */
  #cancel(contact: Contact): void {
    this.#forget(contact);
    if (contact.role !== "write") return;
    if (contact.device === "pen") this.#out.push({ do: "end" });
    else this.#discard();
  }

  /** It stays down, and means nothing. */
  #ignore(contact: Contact): void {
    if (contact.role === "write") this.#discard();
    contact.role = "ignore";
  }

  #discard(): void {
    this.#out.push({ do: "discard" });
    if (this.#tapWithIt) this.#out.push({ do: "discard" });
    this.#tapWithIt = false;
  }

  #forget(contact: Contact): void {
    this.#contacts.delete(contact.id);
    if (contact.role !== "pan") return;
    this.#pinch = null;
    // The finger that is left was not put down to write.
    const left = this.#all("touch").filter(({ role }) => role === "pan");
    if (left.length === 1) left[0]!.role = "ignore";
  }

  #all(device: Device): Contact[] {
    return [...this.#contacts.values()].filter((contact) => contact.device === device);
  }

  #point(contact: Contact, { x, y, time, pressure }: Sample): PenPoint {
    if (contact.device === "mouse") contact.presses ||= pressure > 0 && pressure !== NO_PRESSURE;
    const told = contact.device === "pen" || contact.presses;
    return { x, y, time, pressure: told && pressure > 0 ? Math.min(pressure, 1) : null };
  }
}

/** Whether a finger has drawn for so long and so far that it surely writes. */
function isSettled({ began, last, way }: Contact): boolean {
  return last.time - began.time > SETTLED_MS && way > SETTLED_PX;
}

/** Some drivers tell of the eraser as of the tip, and only `buttons` has it. */
function isEraser({ device, button, buttons }: PenEvent): boolean {
  return button === ERASER || (device === "pen" && (buttons & 33) === 32);
}

function isPalm({ width, height }: PenEvent): boolean {
  return Math.max(width, height) > PALM;
}
