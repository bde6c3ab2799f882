package main

func (b *bench) channel() error { return nil }
