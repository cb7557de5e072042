"""What can be measured on papers that nobody has labelled, made from the papers themselves."""
