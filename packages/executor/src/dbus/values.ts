import { alignmentOf, type DBusType, parseSignature } from "./signature.ts";

/** 64-bit integers are bigint, other numbers number; arrays and structs are arrays, a dict is an array of pairs. */
export type DBusValue = number | bigint | string | boolean | DBusVariant | readonly DBusValue[];

export interface DBusVariant {
  readonly signature: string;
  readonly value: DBusValue;
}

/** Values to bytes, little endian. Source: D-Bus specification, "Marshaling". */
export class Writer {
  #bytes = Buffer.alloc(256);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  bytes(): Buffer {
    return Buffer.from(this.#bytes.subarray(0, this.#length));
  }

  align(boundary: number): void {
    while (this.#length % boundary !== 0) this.#room(1);
  }

  /** @throws Error when the value does not fit the type */
  write(type: DBusType, value: DBusValue): void {
    this.align(alignmentOf(type));
    switch (type.kind) {
      case "basic":
        this.#basic(type.code, value);
        return;
      case "variant": {
        const { signature, value: inner } = value as DBusVariant;
        this.#basic("g", signature);
        this.write(parseSignature(signature)[0]!, inner);
        return;
      }
      case "struct": {
        const fields = value as readonly DBusValue[];
        for (const [index, field] of type.fields.entries()) this.write(field, fields[index]!);
        return;
      }
      case "array": {
        const at = this.#room(4);
        this.align(alignmentOf(type.element));
        const start = this.#length;
        for (const element of value as readonly DBusValue[]) this.write(type.element, element);
        this.#bytes.writeUInt32LE(this.#length - start, at);
        return;
      }
    }
  }

  #basic(code: string, value: DBusValue): void {
    switch (code) {
      case "y":
        this.#bytes.writeUInt8(Number(value), this.#room(1));
        return;
      case "n":
        this.#bytes.writeInt16LE(Number(value), this.#room(2));
        return;
      case "q":
        this.#bytes.writeUInt16LE(Number(value), this.#room(2));
        return;
      case "i":
        this.#bytes.writeInt32LE(Number(value), this.#room(4));
        return;
      case "b":
      case "u":
      case "h":
        this.#bytes.writeUInt32LE(Number(value), this.#room(4));
        return;
      case "x":
        this.#bytes.writeBigInt64LE(BigInt(value as bigint), this.#room(8));
        return;
      case "t":
        this.#bytes.writeBigUInt64LE(BigInt(value as bigint), this.#room(8));
        return;
      case "d":
        this.#bytes.writeDoubleLE(Number(value), this.#room(8));
        return;
      default:
        this.#text(code, String(value));
    }
  }

  #text(code: string, text: string): void {
    if (text.includes("\0")) throw new Error("a D-Bus string cannot hold a zero byte");
    const bytes = Buffer.from(text, "utf8");
    if (code === "g") this.#bytes.writeUInt8(bytes.length, this.#room(1));
    else this.#bytes.writeUInt32LE(bytes.length, this.#room(4));
    bytes.copy(this.#bytes, this.#room(bytes.length + 1));
  }

  /** Makes room for this many bytes, all zero, and gives their place. */
  #room(count: number): number {
    const at = this.#length;
    this.#length += count;
    if (this.#length > this.#bytes.length) {
      const larger = Buffer.alloc(Math.max(this.#length, 2 * this.#bytes.length));
      this.#bytes.copy(larger, 0, 0, at);
      this.#bytes = larger;
    }
    return at;
  }
}

/** Bytes to values, in either byte order. Throws a RangeError when the bytes end too early. */
export class Reader {
  readonly #bytes: Buffer;
  readonly #isLittle: boolean;
  #position = 0;

  constructor(bytes: Buffer, isLittle: boolean) {
    this.#bytes = bytes;
    this.#isLittle = isLittle;
  }

  align(boundary: number): void {
    this.#position = Math.ceil(this.#position / boundary) * boundary;
  }

  read(type: DBusType, depth = 0): DBusValue {
    if (depth > 64) throw new RangeError("D-Bus values are nested too deeply");
    this.align(alignmentOf(type));
    switch (type.kind) {
      case "basic":
        return this.#basic(type.code);
      case "variant": {
        const signature = this.#basic("g") as string;
        const types = parseSignature(signature);
        if (types.length !== 1) throw new RangeError("a D-Bus variant holds exactly one value");
        return { signature, value: this.read(types[0]!, depth + 1) };
      }
      case "struct":
        return type.fields.map((field) => this.read(field, depth + 1));
      case "array": {
        const length = this.#basic("u") as number;
        this.align(alignmentOf(type.element));
        const end = this.#position + length;
        if (end > this.#bytes.length) throw new RangeError("a D-Bus array is longer than its message");
        const elements: DBusValue[] = [];
        while (this.#position < end) elements.push(this.read(type.element, depth + 1));
        return elements;
      }
    }
  }

  #basic(code: string): DBusValue {
    const bytes = this.#bytes;
    const little = this.#isLittle;
    switch (code) {
      case "y":
        return bytes.readUInt8(this.#take(1));
      case "n":
        return little ? bytes.readInt16LE(this.#take(2)) : bytes.readInt16BE(this.#take(2));
      case "q":
        return little ? bytes.readUInt16LE(this.#take(2)) : bytes.readUInt16BE(this.#take(2));
      case "i":
        return little ? bytes.readInt32LE(this.#take(4)) : bytes.readInt32BE(this.#take(4));
      case "u":
      case "h":
        return this.#uint32();
      case "b":
        return this.#uint32() !== 0;
      case "x":
        return little ? bytes.readBigInt64LE(this.#take(8)) : bytes.readBigInt64BE(this.#take(8));
      case "t":
        return little ? bytes.readBigUInt64LE(this.#take(8)) : bytes.readBigUInt64BE(this.#take(8));
      case "d":
        return little ? bytes.readDoubleLE(this.#take(8)) : bytes.readDoubleBE(this.#take(8));
      default: {
        const length = code === "g" ? bytes.readUInt8(this.#take(1)) : this.#uint32();
        const at = this.#take(length + 1);
        return bytes.toString("utf8", at, at + length);
      }
    }
  }

  #uint32(): number {
    return this.#isLittle ? this.#bytes.readUInt32LE(this.#take(4)) : this.#bytes.readUInt32BE(this.#take(4));
  }

  #take(count: number): number {
    const at = this.#position;
    this.#position += count;
    if (this.#position > this.#bytes.length) throw new RangeError("a D-Bus message ends too early");
    return at;
  }
}
