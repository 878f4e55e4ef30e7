"""What training needs beside `fit`: a loop for steps of your own, adversarial training, augmentation with masks."""
