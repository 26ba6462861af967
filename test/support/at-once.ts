/** How many of what is asked for at once. */
export class AtOnce {
  most = 0;
  #now = 0;
  async of<T>(give: () => T): Promise<T> {
    this.#now += 1;
    this.most = Math.max(this.most, this.#now);
    await new Promise(setImmediate);
    this.#now -= 1;
    return give();
  }
}
