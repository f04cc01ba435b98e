package main

func forbidCore() {}
